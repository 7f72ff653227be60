import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, flagOf, loadConfig, type Setting, settings } from './index.ts';

const sid = `AC${'0'.repeat(31)}1`;
const token = '0123456789abcdef';

function problemsOf(env: Record<string, string>, flags: Parameters<typeof loadConfig>[1] = {}): string[] {
  try {
    loadConfig(env, flags);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('needs no settings at all', () => {
    expect(loadConfig({})).toEqual({
      host: '127.0.0.1',
      port: 8787,
      dataDir: resolve('data'),
      database: { sqliteFile: resolve('data', 'rapport.db') },
      rootAccount: undefined,
      publicUrl: undefined,
      role: 'all',
      clock: 'system',
      languageModel: undefined,
      extraction: { allowed: [], contactTraits: 'off' },
      sender: { kind: 'outbox' },
      callbacks: { concurrency: 64, timeoutMs: 15_000 },
      limits: {
        storesMax: 15,
        memoriesMax: Number.POSITIVE_INFINITY,
        configurationsMax: Number.POSITIVE_INFINITY,
        recallCacheBytes: 64 * 1024 * 1024,
        eventsKeepMs: 72 * 60 * 60_000,
        eventStreamsMax: 100,
        arePrivateCallbacksAllowed: false,
      },
      capture: { ownedAddresses: [], areMediaPlaceholdersRecorded: false },
      embeddings: undefined,
      isAgentConnectCompatible: false,
      jobConcurrency: 4,
      bodyMaxBytes: 1_048_576,
      requestTimeoutMs: 120_000,
      admission: {
        requestsPerSecond: Number.POSITIVE_INFINITY,
        recallsPerSecond: Number.POSITIVE_INFINITY,
        accountConcurrency: 256,
      },
      logLevel: 'info',
    });
  });

  it('takes a flag before the environment, and the environment before the default', () => {
    expect(loadConfig({ PORT: '1' }).port).toBe(1);
    expect(loadConfig({ PORT: '1' }, { port: '2' }).port).toBe(2);
  });

  it('counts an empty variable as unset', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: '', RAPPORT_ACCOUNT_SID: '' })).toMatchObject({
      port: 8787,
      rootAccount: undefined,
    });
  });

  it('names everything that is wrong at once', () => {
    const problems = problemsOf(
      {
        PORT: '65536',
        DATABASE_URL: 'mysql://localhost/rapport',
        RAPPORT_ACCOUNT_SID: 'AC1',
        RAPPORT_PUBLIC_URL: 'not a url',
        RAPPORT_LLM_BASE_URL: 'http://127.0.0.1:11434/v1',
        RAPPORT_LLM_CONTEXT_TOKENS: '7999',
        RAPPORT_EXTRACTION_ALLOW: 'health,horoscopes',
      },
      { clock: 'sundial' },
    );
    expect(problems).toEqual([
      'PORT must be a port number, 0 to 65535',
      'RAPPORT_PUBLIC_URL must be a URL',
      'RAPPORT_CLOCK must be one of system, virtual',
      expect.stringMatching(
        /^RAPPORT_EXTRACTION_ALLOW must be some of payment-cards, .*, joined with commas$/,
      ),
      'RAPPORT_ACCOUNT_SID and RAPPORT_AUTH_TOKEN go together: set both or neither',
      'RAPPORT_ACCOUNT_SID must be AC and 32 hexadecimal digits',
      'DATABASE_URL must begin with postgres://; leave it unset for SQLite',
      'RAPPORT_LLM_CONTEXT_TOKENS must be between 8000 and 64000',
      'RAPPORT_LLM_BASE_URL needs RAPPORT_LLM_MODEL',
    ]);
  });

  it.each(['-1', '1.5', '80a', ' 80', '1e3', '99999', '9'.repeat(400)])('refuses %s as a port', (port) => {
    expect(problemsOf({ PORT: port })).toHaveLength(1);
  });

  it.each([
    'ftp://example.com',
    'localhost:8787',
    'javascript:alert(1)',
  ])('refuses %s as a public URL', (url) => {
    expect(problemsOf({ RAPPORT_PUBLIC_URL: url })).toEqual([
      'RAPPORT_PUBLIC_URL must begin with http:// or https://',
    ]);
  });

  it.each([
    [{ RAPPORT_ACCOUNT_SID: sid }, 1],
    [{ RAPPORT_AUTH_TOKEN: token }, 1],
    [{ RAPPORT_ACCOUNT_SID: sid, RAPPORT_AUTH_TOKEN: 'short' }, 1],
    [{ RAPPORT_ACCOUNT_SID: sid, RAPPORT_AUTH_TOKEN: token }, 0],
  ])('finds in the credentials %j problems: %i', (env, count) => {
    expect(problemsOf(env)).toHaveLength(count);
  });

  it.each([
    [{ RAPPORT_SENDER: 'pigeon' }, ['RAPPORT_SENDER must be one of outbox, twilio, webhook']],
    [
      { RAPPORT_SENDER: 'webhook' },
      ['RAPPORT_SENDER=webhook needs RAPPORT_SENDER_URL, which must begin with http:// or https://'],
    ],
    [
      { RAPPORT_SENDER: 'twilio' },
      [
        'RAPPORT_SENDER=twilio needs RAPPORT_TWILIO_ACCOUNT_SID, which must be AC and 32 hexadecimal digits',
        'RAPPORT_SENDER=twilio needs RAPPORT_TWILIO_AUTH_TOKEN, or an API key and its secret',
      ],
    ],
    [
      { RAPPORT_SENDER: 'twilio', RAPPORT_TWILIO_ACCOUNT_SID: sid, RAPPORT_TWILIO_API_KEY: 'SK1' },
      ['RAPPORT_TWILIO_API_KEY and RAPPORT_TWILIO_API_SECRET go together: set both or neither'],
    ],
    [
      {
        RAPPORT_SENDER: 'twilio',
        RAPPORT_TWILIO_ACCOUNT_SID: sid,
        RAPPORT_TWILIO_AUTH_TOKEN: token,
        RAPPORT_TWILIO_BASE_URL: 'ftp://example.com',
      },
      ['RAPPORT_TWILIO_BASE_URL must begin with http:// or https://'],
    ],
  ])('does not take %j for a sender', (env, problems) => {
    expect(problemsOf(env)).toEqual(problems);
  });

  it('gives the sender its credential: an API key, or the account itself', () => {
    const account = { RAPPORT_SENDER: 'twilio', RAPPORT_TWILIO_ACCOUNT_SID: sid };
    const withToken = { ...account, RAPPORT_TWILIO_AUTH_TOKEN: token };
    expect(loadConfig(withToken).sender).toEqual({
      kind: 'twilio',
      twilio: { accountSid: sid, username: sid, password: token, baseUrl: undefined },
    });
    const key = { RAPPORT_TWILIO_API_KEY: 'SK1', RAPPORT_TWILIO_API_SECRET: 'secret' };
    expect(
      loadConfig({ ...withToken, ...key, RAPPORT_TWILIO_BASE_URL: 'http://localhost:1/' }).sender,
    ).toEqual({
      kind: 'twilio',
      twilio: { accountSid: sid, username: 'SK1', password: 'secret', baseUrl: 'http://localhost:1' },
    });
    const url = 'https://sender.example.com/messages';
    expect(loadConfig({ RAPPORT_SENDER: 'webhook', RAPPORT_SENDER_URL: url }).sender).toEqual({
      kind: 'webhook',
      url,
    });
  });

  it('repeats no value that is refused: it may be a secret in the wrong place', () => {
    const env = {
      PORT: token,
      RAPPORT_ACCOUNT_SID: token,
      RAPPORT_CLOCK: token,
      DATABASE_URL: `mysql://a:${token}@b`,
    };
    expect(problemsOf(env).join('\n')).not.toContain(token);
  });

  it('takes slashes off the end of the public URL', () => {
    expect(loadConfig({ RAPPORT_PUBLIC_URL: 'https://rapport.example.com//' }).publicUrl).toBe(
      'https://rapport.example.com',
    );
  });

  it('reads 0 memories, or configurations, as no limit', () => {
    expect(loadConfig({ RAPPORT_MEMORIES_MAX: '500' }).limits.memoriesMax).toBe(500);
    expect(loadConfig({ RAPPORT_MEMORIES_MAX: '0' }).limits.memoriesMax).toBe(Number.POSITIVE_INFINITY);
    const configurationsMax = (text: string) =>
      loadConfig({ RAPPORT_CONFIGURATIONS_MAX: text }).limits.configurationsMax;
    expect([configurationsMax('10'), configurationsMax('0')]).toEqual([10, Number.POSITIVE_INFINITY]);
  });

  it('keeps events for as many hours as it is told', () => {
    expect(loadConfig({ RAPPORT_EVENTS_KEEP_HOURS: '24' }).limits.eventsKeepMs).toBe(24 * 3_600_000);
  });

  it.each([
    ['RAPPORT_DATABASE_CONNECTIONS', '1', 'must be 2 or more'],
    ['RAPPORT_EVENTS_KEEP_HOURS', '0', 'must be 1 or more'],
    ['RAPPORT_CALLBACK_CONCURRENCY', '0', 'must be 1 or more'],
    ['RAPPORT_JOB_CONCURRENCY', '0', 'must be 1 or more'],
    ['RAPPORT_STATEMENT_TIMEOUT_MS', '0', 'must be between 1 and 86400000'],
    ['RAPPORT_STATEMENT_TIMEOUT_MS', '86400001', 'must be between 1 and 86400000'],
    ['RAPPORT_REQUEST_TIMEOUT_MS', '0', 'must be between 1 and 86400000'],
  ])('refuses %s=%s, which %s', (name, value, problem) => {
    expect(problemsOf({ [name]: value })).toEqual([`${name} ${problem}`]);
  });

  it('takes the least that a setting may be', () => {
    const least = { RAPPORT_STATEMENT_TIMEOUT_MS: '1', RAPPORT_DATABASE_CONNECTIONS: '2' };
    expect(loadConfig({ ...least, DATABASE_URL: 'postgres://db/rapport' }).database).toEqual({
      postgresUrl: 'postgres://db/rapport',
      connectionsMax: 2,
      statementTimeoutMs: 1,
    });
  });
});

describe('the settings', () => {
  const all: Setting[] = Object.values(settings);

  it('have a flag each, and none twice', () => {
    expect(flagOf(settings.dataDir)).toBe('--data-dir');
    expect(new Set(all.map(flagOf)).size).toBe(all.length);
    expect(new Set(all.map(({ env }) => env)).size).toBe(all.length);
  });

  it('have defaults that they accept', () => {
    const env = Object.fromEntries(
      all.flatMap((setting) => (setting.default ? [[setting.env, setting.default]] : [])),
    );
    expect(problemsOf(env)).toEqual([]);
  });
});
