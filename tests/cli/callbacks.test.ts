import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestServer, testAccount } from '../../src/testing/index.ts';
import { type CallbackReceiver, isGenuine, startCallbackReceiver } from '../support/callback-receiver.ts';
import { createKey, rapport } from '../support/cli.ts';
import { createConfiguration, createConversation } from '../support/conversations.ts';
import { createSdkClient, createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'rapport-callbacks-'));
const env = {
  RAPPORT_DATA_DIR: dataDir,
  RAPPORT_ACCOUNT_SID: testAccount.sid,
  RAPPORT_AUTH_TOKEN: testAccount.authToken,
};
const otherAccount = `AC${'9'.repeat(32)}`;

let server: TestServer;
let client: SdkClient;
let receiver: CallbackReceiver;
beforeAll(async () => {
  ({ server, client } = await startServerWithSdk({ env: { RAPPORT_DATA_DIR: dataDir } }));
});
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  receiver = await startCallbackReceiver();
});
afterEach(() => receiver.stop());

async function run(...commandLine: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await rapport(commandLine, env);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

/** A conversation with one callback for each name that is given to it, which receives the receiver's answer. */
async function conversationNamed(...names: string[]): Promise<string> {
  const statusCallbacks = [{ url: receiver.url('/hook?secret=open-sesame') }];
  const configurationId = await createConfiguration(client, { statusCallbacks });
  const { id } = await createConversation(client, configurationId, []);
  for (const name of names) await client.conversations.v2.conversations(id).patch({ name });
  await server.idle();
  return id;
}

const received = () => receiver.received.map(({ data }) => data['name']);

describe('rapport callbacks', () => {
  it('lists what was not delivered, without what may be secret', async () => {
    receiver.answer(({ data }) => (data['name'] === 'last' ? 503 : 404));
    const id = await conversationNamed('second', 'last');
    const [dead, waiting, two, ofOther] = await Promise.all([
      run('callbacks', 'list', '--state', 'dead'),
      run('callbacks', 'list', '--state', 'waiting'),
      run('callbacks', 'list', '--limit', '2'),
      run('callbacks', 'list', '--account', otherAccount),
    ]);
    expect(dead).toMatch(
      new RegExp(
        `^rapport_delivery_\\S+  dead  CONVERSATION_CREATED  ${id}  POST http://127\\.0\\.0\\.1:\\d+/hook\\?\\.\\.\\.  \\d+\\w old  attempts 1  status 404\n.+\n$`,
      ),
    );
    expect(waiting).toMatch(/^\S+ {2}waiting {2}CONVERSATION_UPDATED .* attempts 1 {2}status 503\n$/);
    expect(two).toMatch(/^(.+\n){2}$/);
    expect(ofOther).toBe('');
    await client.conversations.v2.conversations(id).remove();
  });

  it('has dead ones delivered again at their place beside a running server: one, or all', async () => {
    receiver.answer(({ data }) => (data['name'] === 'last' ? 503 : 404));
    await conversationNamed('first', 'second', 'last');
    const [, first = ''] = (await run('callbacks', 'list')).split('\n').map((line) => line.split(' ')[0]);
    receiver.answer(() => 200);
    const before = receiver.received.length;
    expect(await run('callbacks', 'replay', '--account', otherAccount)).toBe('0 to be delivered again\n');
    expect(await run('callbacks', 'replay', first)).toBe('1 to be delivered again\n');
    await server.advance(600);
    expect(received().slice(before)).toEqual(['first', 'last']);
    expect(await run('callbacks', 'replay')).toBe('2 to be delivered again\n');
    await server.advance(600);
    expect(received().slice(before)).toEqual(['first', 'last', null, 'second']);
    expect(await run('callbacks', 'list')).toBe('');
  });

  it('replays with the token of before', async () => {
    receiver.answer(() => 410);
    await conversationNamed();
    receiver.answer(() => 200);
    await run('callbacks', 'replay');
    await server.advance(600);
    const tokens = receiver.received.map(({ token }) => token);
    expect(tokens).toEqual([tokens[0], tokens[0]]);
  });

  it.each([
    [['replay', 'rapport_delivery_1'], 'rapport: there is no dead callback rapport_delivery_1'],
    [['list', '--limit', '0'], 'It must be 1 to 10000'],
    [['list', '--state', 'done'], 'Allowed choices are waiting, dead'],
    [['list', '--account', 'AC1'], 'It must be AC and 32 hexadecimal digits'],
  ])('says what is wrong: %j', async (commandLine, message) => {
    const result = await rapport(['callbacks', ...commandLine], env);
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toContain(message);
  });
});

describe('rapport tokens', () => {
  const setToken = (account: string, token: string) => {
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, `${token}\n`);
    return rapport(['tokens', 'set', '--account', account, '--token-file', file], env);
  };

  it('shows the root account its auth token, and makes others one that stays', async () => {
    expect(await run('tokens', 'show')).toBe(`${testAccount.authToken}\n`);
    expect(await run('tokens', 'show', '--account', testAccount.sid)).toBe(`${testAccount.authToken}\n`);
    const made = await run('tokens', 'show', '--account', otherAccount);
    expect(made).toMatch(/^[0-9a-f]{32}\n$/);
    expect(await run('tokens', 'show', '--account', otherAccount)).toBe(made);
  });

  it('sets the token that signs an account’s callbacks, also while the server runs', async () => {
    const { accountSid, sid, secret } = await createKey(env, '--new-account');
    const other = createSdkClient(server.url, { sid, token: secret });
    const configurationId = await createConfiguration(other, {
      memoryStoreId: await createStore(other, 'other'),
      statusCallbacks: [{ url: receiver.url() }],
    });
    await createConversation(other, configurationId, []);
    await server.idle();
    const made = (await run('tokens', 'show', '--account', accountSid)).trim();
    expect(await setToken(accountSid, 'chosen-token-0123456789')).toMatchObject({
      exitCode: 0,
      stdout: `Set the token of ${accountSid}\n`,
    });
    await createConversation(other, configurationId, []);
    await server.idle();
    const genuine = receiver.received.map((callback) => [
      isGenuine(callback, made),
      isGenuine(callback, 'chosen-token-0123456789'),
    ]);
    expect(genuine).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('refuses a token that is no token, and one for the root account', async () => {
    for (const token of ['short', 'two words in the file', 'x'.repeat(257)]) {
      const { exitCode, stderr } = await setToken(otherAccount, token);
      expect([exitCode, stderr.includes(token)]).toEqual([1, false]);
    }
    const root = await setToken(testAccount.sid, 'chosen-token-0123456789');
    expect(root.stderr).toMatch(
      /^rapport: the root account signs with its auth token: set RAPPORT_AUTH_TOKEN/,
    );
  });
});
