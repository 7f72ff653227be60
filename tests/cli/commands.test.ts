import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKey, rapport } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('rapport credentials', () => {
  it('makes the root account once and keeps it where only its owner can read it', async () => {
    const env = { RAPPORT_DATA_DIR: join(temporaryFolder(), 'data') };
    const first = await rapport(['credentials'], env);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toMatch(/^AC[0-9a-f]{32}:[0-9a-f]{32}\n$/);
    expect((await rapport(['credentials'], env)).stdout).toBe(first.stdout);
    expect(statSync(join(env.RAPPORT_DATA_DIR, 'credentials.json')).mode & 0o777).toBe(0o600);
    expect(statSync(env.RAPPORT_DATA_DIR).mode & 0o777).toBe(0o700);
  });

  it('prints the configured account when there is one', async () => {
    const env = { RAPPORT_ACCOUNT_SID: `AC${'1'.repeat(32)}`, RAPPORT_AUTH_TOKEN: '0123456789abcdef' };
    const { stdout } = await rapport(['credentials'], { ...env, RAPPORT_DATA_DIR: temporaryFolder() });
    expect(stdout).toBe(`AC${'1'.repeat(32)}:0123456789abcdef\n`);
  });
});

describe('rapport keys', () => {
  it('lists keys with their state and without their secrets', async () => {
    const env = { RAPPORT_DATA_DIR: temporaryFolder() };
    const key = await createKey(env, '--name', 'billing worker');
    const other = await createKey(env, '--new-account');
    expect(other.accountSid).not.toBe(key.accountSid);
    expect(await rapport(['keys', 'revoke', other.sid], env)).toMatchObject({ exitCode: 0 });
    const { stdout } = await rapport(['keys', 'list'], env);
    const [first, second] = stdout.trim().split('\n');
    expect(first).toMatch(new RegExp(`^${key.sid}  ${key.accountSid}  \\S+Z  active  billing worker$`));
    expect(second).toMatch(new RegExp(`^${other.sid}  ${other.accountSid}  \\S+Z  revoked \\S+Z  unnamed$`));
    expect(stdout).not.toContain(key.secret);
  });

  it('keeps no secret in the database', async () => {
    const env = { RAPPORT_DATA_DIR: temporaryFolder() };
    const { secret } = await createKey(env);
    const file = readFileSync(join(env.RAPPORT_DATA_DIR, 'rapport.db'));
    expect(file.includes('api_keys')).toBe(true);
    expect(file.includes(secret)).toBe(false);
  });

  it.each([
    [['keys', 'revoke', `SK${'0'.repeat(32)}`], 'there is no active key'],
    [['keys', 'create', '--account', 'nonsense'], '--account must be AC and 32 hexadecimal digits'],
  ])('says in one line what is wrong: %j', async (commandLine, message) => {
    const result = await rapport(commandLine, { RAPPORT_DATA_DIR: temporaryFolder() });
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(new RegExp(`^rapport: ${message}[^\n]*\n$`));
  });

  it('works while several of them open an empty data directory at once', async () => {
    const env = { RAPPORT_DATA_DIR: temporaryFolder() };
    const results = await Promise.all(Array.from({ length: 4 }, () => rapport(['keys', 'list'], env)));
    expect(results).toEqual(Array(4).fill({ exitCode: 0, stdout: '', stderr: '' }));
  });
});

describe('rapport jobs', () => {
  it('lists nothing and revives nothing where there is nothing', async () => {
    const env = { RAPPORT_DATA_DIR: temporaryFolder() };
    expect(await rapport(['jobs', 'list', '--state', 'dead'], env)).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
    expect((await rapport(['jobs', 'retry'], env)).stdout).toBe('0 to be tried again\n');
    const unknown = await rapport(['jobs', 'retry', 'rapport_job_1'], env);
    expect(unknown).toMatchObject({ exitCode: 1, stderr: 'rapport: there is no dead job rapport_job_1\n' });
  });
});

describe('rapport serve', () => {
  it('names everything that is wrong with its settings at once', async () => {
    const { exitCode, stdout, stderr } = await rapport(['serve', '--clock', 'sundial'], {
      PORT: '70000',
      DATABASE_URL: 'mysql://localhost/rapport',
      RAPPORT_AUTH_TOKEN: 'short',
    });
    expect([exitCode, stdout]).toEqual([1, '']);
    for (const name of ['PORT', 'RAPPORT_CLOCK', 'DATABASE_URL', 'RAPPORT_AUTH_TOKEN'])
      expect(stderr).toContain(name);
    expect(stderr).not.toContain('short\n');
    expect(stderr).not.toContain('    at ');
  });

  it('says that the port is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const result = await rapport(['serve', '--port', String(port)], { RAPPORT_DATA_DIR: temporaryFolder() });
    blocker.close();
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toContain('EADDRINUSE');
  });

  it('says that the database cannot be reached, without its password', async () => {
    const url = 'postgres://rapport:open-sesame@127.0.0.1:9/rapport';
    const result = await rapport(['serve'], { DATABASE_URL: url, RAPPORT_DATA_DIR: temporaryFolder() });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('ECONNREFUSED');
    expect(result.stderr).not.toContain('open-sesame');
  });

  it('has a flag for every setting', async () => {
    const { stdout } = await rapport(['serve', '--help'], {});
    for (const flag of ['--port', '--data-dir', '--database-url', '--public-url', '--clock', '--log-level']) {
      expect(stdout).toContain(flag);
    }
  });

  it('refuses commands and flags that do not exist', async () => {
    expect(await rapport(['dance'], {})).toMatchObject({ exitCode: 1 });
    expect((await rapport(['serve', '--fast'], {})).stderr).toContain("unknown option '--fast'");
  });
});

describe('rapport --version', () => {
  it('is the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect((await rapport(['--version'], {})).stdout).toBe(`${version}\n`);
  });
});
