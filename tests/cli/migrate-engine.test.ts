import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  basicAuthorization,
  startTestServer,
  type TestServer,
  testAccount,
} from '../../src/testing/index.ts';
import { type CallbackReceiver, startCallbackReceiver } from '../support/callback-receiver.ts';
import { childEnvironment, createKey, rapport, rapportBin } from '../support/cli.ts';
import { agent, createConfiguration, createConversation, customer, say } from '../support/conversations.ts';
import { type EmbeddingServer, meaningfulVector, startEmbeddingServer } from '../support/embedding-server.ts';
import { openEventStream } from '../support/event-stream.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres-server.ts';
import { createSdkClient, createStore, type SdkClient } from '../support/sdk.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'rapport-migrate-engine-'));
const file = join(dataDir, 'rapport.db');
const phone = '+12025550142';
const things = ['lamp', 'bicycle', 'teapot', 'scarf', 'piano'];
const deeds = ['bought', 'returned', 'repaired', 'painted'];
/** Two conversations, each with two participants and a message, and the end of one. */
const eventsMax = 9;
const otherAccount = `AC${'9'.repeat(32)}`;

/** The environment of every process; of those on PostgreSQL with its URL. */
const env: Record<string, string> = {
  RAPPORT_DATA_DIR: dataDir,
  RAPPORT_ACCOUNT_SID: testAccount.sid,
  RAPPORT_AUTH_TOKEN: testAccount.authToken,
  RAPPORT_PUBLIC_URL: 'https://rapport.example.com',
  RAPPORT_EMBEDDINGS_MODEL: 'test',
};
let postgres: PostgresServer;
let provider: EmbeddingServer;
let receiver: CallbackReceiver;
/** Where everything was moved to. */
let movedEnv: Record<string, string>;

/** What the server on SQLite had and answered. */
let storeId: string;
let profilePath: string;
let liveId: string;
let closedId: string;
let key: Awaited<ReturnType<typeof createKey>>;
let token: string;
let answersBefore: unknown[];
let recalledBefore: string[];
let eventIds: string[];

const migrate = (target: string, source = `sqlite:${file}`) =>
  rapport(['migrate-engine', '--from', source, '--to', target], env);

/** Ends the command (kill -9) when it has written this to stderr. */
async function killAt(text: string, target: string): Promise<void> {
  const child = spawn(process.execPath, [rapportBin, 'migrate-engine', '--to', target], {
    env: { ...childEnvironment, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    if (stderr.includes(text)) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.once('close', (_code, by) => resolve(by)));
  if (signal !== 'SIGKILL') throw new Error(`it ended by itself: ${stderr}`);
}

/** What clients can read, of everything that is there. */
async function readAll(server: TestServer): Promise<unknown[]> {
  const profile = profilePath.slice('/v1'.length);
  const paths = [
    '/v1/ControlPlane/Stores',
    `/v1/ControlPlane/Stores/${storeId}`,
    `/v1/ControlPlane/Stores/${storeId}/TraitGroups`,
    `/v1/ControlPlane/Stores/${storeId}/IdentityResolutionSettings`,
    `/v1/Stores/${storeId}/Profiles`,
    ...['', '/Traits', '/Identifiers', '/Observations', '/ConversationSummaries'].map(
      (at) => profilePath + at,
    ),
    '/v2/ControlPlane/Configurations',
    '/v2/Conversations',
    ...[liveId, closedId].flatMap((id) =>
      ['', '/Participants', '/Communications'].map((at) => `/v2/Conversations/${id}${at}`),
    ),
    `/rapport/v1${profile}/Export`,
  ];
  const replies: unknown[] = [];
  for (const path of paths) {
    const { status, body } = await server.request('GET', path);
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    // The only thing that is of the moment.
    const { exportedAt: _, ...rest } = body as { exportedAt?: string };
    replies.push({ path, body: rest });
  }
  return replies;
}

async function recall(server: TestServer): Promise<string[]> {
  const { status, body } = await server.request('POST', `${profilePath}/Recall`, { query: 'fixed the bike' });
  expect(status).toBe(200);
  return (body as { observations: { id: string }[] }).observations.map(({ id }) => id);
}

async function observe(server: TestServer, contents: readonly string[]): Promise<void> {
  const observations = contents.map((content) => ({
    content,
    source: 'test',
    occurredAt: '2026-01-01T00:00:00Z',
  }));
  const { status } = await server.request('POST', `${profilePath}/Observations`, { observations });
  expect(status).toBe(202);
}

/** A profile with observations that have vectors, one conversation that is closed and one that is not. */
async function populate(server: TestServer, client: SdkClient): Promise<void> {
  storeId = await createStore(client, 'moved');
  const traits = { Contact: { phone, email: 'dana@example.com' } };
  const { body } = await server.request('POST', `/v1/Stores/${storeId}/Profiles`, { traits });
  profilePath = `/v1/Stores/${storeId}/Profiles/${(body as { id: string }).id}`;
  for (const thing of things)
    await observe(
      server,
      deeds.map((deed) => `${deed} the ${thing}`),
    );
  const configurationId = await createConfiguration(client, {
    memoryStoreId: storeId,
    memoryExtractionEnabled: true,
    statusCallbacks: [{ url: receiver.url() }],
    channelSettings: { SMS: { statusTimeouts: { inactive: 10, closed: 60 } } },
  } as never);
  closedId = (await createConversation(client, configurationId, [customer(phone), agent()])).id;
  await say(client, closedId, { text: 'My order number is ES-4711.', from: phone });
  await client.conversations.v2.conversations(closedId).update({ status: 'CLOSED' });
  liveId = (await createConversation(client, configurationId, [customer(phone), agent()])).id;
  await say(client, liveId, { text: 'I live in Springfield now. 💬', from: phone });
  await server.idle();
}

const title = whyNoPostgres ? `rapport migrate-engine (${whyNoPostgres})` : 'rapport migrate-engine';

describe.skipIf(whyNoPostgres)(title, () => {
  const start = (environment: Record<string, string>) => startTestServer({ env: environment });

  beforeAll(async () => {
    [postgres, provider, receiver] = await Promise.all([
      startPostgres(),
      startEmbeddingServer(meaningfulVector),
      startCallbackReceiver(),
    ]);
    env['RAPPORT_EMBEDDINGS_BASE_URL'] = provider.baseUrl;
    receiver.answer(() => 404);
    const server = await start(env);
    const stream = await openEventStream(server.url);
    await populate(server, createSdkClient(server.url));
    answersBefore = await readAll(server);
    recalledBefore = await recall(server);
    eventIds = (await stream.take(eventsMax)).map(({ id }) => id);
    await stream.close();
    key = await createKey(env);
    token = (await rapport(['tokens', 'show', '--account', otherAccount], env)).stdout;
    await server.stop();
  });
  afterAll(async () => {
    await Promise.all([postgres?.stop(), provider?.stop(), receiver?.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('goes on after kill -9, keeps servers out until its end, and says what it has moved', async () => {
    const target = await postgres.createDatabase();
    const before = readFileSync(file);
    movedEnv = { ...env, DATABASE_URL: target };
    for (const text of ['moved communications', 'moved observations', 'compared communications']) {
      await killAt(text, target);
      const beside = await rapport(['keys', 'list'], movedEnv);
      expect(beside.stderr).toMatch(/being filled by `rapport migrate-engine`/);
      expect(beside.exitCode).toBe(1);
    }
    const { exitCode, stdout, stderr } = await migrate(target);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^observations +\d+ {2}[0-9a-f]{64}$/m);
    expect(stderr).toMatch(/^compared observations: (\d+) of \1 rows$/m);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('refuses what it cannot move, and writes nothing then', async () => {
    const moved = movedEnv['DATABASE_URL'] ?? '';
    const refused: [Promise<{ exitCode: number | null; stderr: string }>, RegExp][] = [
      [migrate(moved), /holds data already, in .*stores.*; give an empty database/],
      [migrate(moved, `sqlite:${dataDir}/none.db`), /there is no database .*none\.db/],
      [migrate(moved, moved), /--from must be sqlite:/],
      [migrate('mysql://127.0.0.1/rapport'), /--to must begin with postgres/],
    ];
    for (const [command, message] of refused) {
      const { exitCode, stderr } = await command;
      expect.soft(stderr).toMatch(message);
      expect.soft(stderr.trim().split('\n')).toHaveLength(1);
      expect.soft(exitCode).toBe(1);
    }
    expect(existsSync(join(dataDir, 'none.db'))).toBe(false);
  });

  it('waits for nobody: a server that runs on the source has to be stopped first', async () => {
    const server = await start(env);
    const { exitCode, stderr } = await migrate(await postgres.createDatabase());
    await server.stop();
    expect(stderr).toMatch(/Another Rapport server is running/);
    expect(exitCode).toBe(1);
  });

  describe('and then a server on PostgreSQL', () => {
    let server: TestServer;
    let client: SdkClient;
    beforeAll(async () => {
      server = await start(movedEnv);
      client = createSdkClient(server.url);
    });
    afterAll(() => server?.stop());

    it('answers everything as before', async () => {
      expect(await readAll(server)).toEqual(answersBefore);
    });

    it('recalls the same, by vectors that were moved', async () => {
      const asked = provider.requests.length;
      expect(recalledBefore).not.toEqual([]);
      expect(await recall(server)).toEqual(recalledBefore);
      await server.idle();
      const texts = provider.requests.slice(asked).flat();
      expect(texts.filter((text) => things.some((thing) => text.includes(thing)))).toEqual([]);
    });

    it('knows the keys and the tokens that were made before', async () => {
      const authorization = basicAuthorization(key.sid, key.secret);
      const { status } = await server.request('GET', '/v1/ControlPlane/Stores', undefined, {
        Authorization: authorization,
      });
      expect(status).toBe(200);
      const { stdout } = await rapport(['tokens', 'show', '--account', otherAccount], movedEnv);
      expect(stdout).toBe(token);
    });

    it('takes up event streams where clients have left them, and goes on after the last event', async () => {
      const stream = await openEventStream(server.url, { headers: { 'Last-Event-ID': eventIds[2] ?? '' } });
      await say(client, liveId, { text: 'One more thing.', from: phone });
      const events = await stream.take(eventsMax - 3 + 1);
      await stream.close();
      expect(events.slice(0, -1).map(({ id }) => id)).toEqual(eventIds.slice(3));
      expect(events.at(-1)?.data.data['content']).toMatchObject({ text: 'One more thing.' });
    });

    it('keeps dead callbacks, which can be replayed', async () => {
      await server.idle();
      const { stdout } = await rapport(['callbacks', 'list', '--state', 'dead'], movedEnv);
      const dead = stdout.trim().split('\n');
      expect(dead.filter((line) => line.includes(closedId))).toHaveLength(5);
      const asked = receiver.received.length;
      receiver.answer(() => 200);
      await rapport(['callbacks', 'replay'], movedEnv);
      await server.advance(60);
      expect(receiver.received).toHaveLength(asked + dead.length);
    });

    it('lets the timers fire that were waiting', async () => {
      await server.advance(60 * 60);
      const { status } = await client.conversations.v2.conversations(liveId).fetch();
      expect(status).toBe('CLOSED');
    });
  });
});
