import { describe, expect, it, onTestFinished } from 'vitest';
import { testAccount } from '../../src/testing/index.ts';
import { createWorld } from '../support/acknowledged-writes.ts';
import { startCallbackReceiver } from '../support/callback-receiver.ts';
import { type ChildServer, startChildServer } from '../support/child-server.ts';
import { startMessagingProvider } from '../support/messaging-provider.ts';
import { seededRandom } from '../support/random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Servers that are killed while they send: what each sender guarantees (docs/sending.md). */
const seed = Number(process.env['RAPPORT_TEST_SEED'] ?? 1);
const kills = 3;
const messagesPerKill = 8;
const killDelayMaxMs = 60;
const seconds = 1000;

interface ActionBody {
  readonly id: string;
  readonly status: string;
  readonly related?: { readonly messageSid: string };
  readonly failureReason: string | null;
}

/** A data directory that servers follow each other on, all with the same sender. */
function servers(env: Record<string, string>) {
  const dataDir = temporaryFolder();
  return async (more: Record<string, string> = {}) => {
    const server = await startChildServer({ dataDir, env: { ...env, ...more } });
    onTestFinished(() => server.kill());
    return server;
  };
}

async function startProvider() {
  const provider = await startMessagingProvider();
  onTestFinished(() => provider.stop());
  const env = {
    RAPPORT_SENDER: 'twilio',
    RAPPORT_TWILIO_ACCOUNT_SID: testAccount.sid,
    RAPPORT_TWILIO_AUTH_TOKEN: testAccount.authToken,
    RAPPORT_TWILIO_BASE_URL: provider.url,
  };
  return { provider, env };
}

async function post(server: ChildServer, conversationId: string, text: string): Promise<string> {
  const party = (address: string) => ({ channel: 'SMS', address });
  const { status, body } = await server.request('POST', `/v2/Conversations/${conversationId}/Actions`, {
    type: 'SEND_MESSAGE',
    payload: { from: party('+12025550100'), to: [party('+12025550123')], content: { text } },
  });
  expect(status).toBe(202);
  return (body as ActionBody).id;
}

async function fetchAction(server: ChildServer, conversationId: string, id: string): Promise<ActionBody> {
  return (await server.request('GET', `/v2/Conversations/${conversationId}/Actions/${id}`))
    .body as ActionBody;
}

/** Text and SID of everything said, oldest first. */
async function recorded(server: ChildServer, conversationId: string): Promise<[text: string, sid: string][]> {
  const path = `/v2/Conversations/${conversationId}/Communications?pageSize=1000`;
  const { communications } = (await server.request('GET', path)).body as {
    communications: { content: { text: string }; resourceId: string }[];
  };
  return communications
    .toReversed()
    .map(({ content, resourceId }): [string, string] => [content.text, resourceId]);
}

async function idle(server: ChildServer): Promise<void> {
  expect((await server.request('POST', '/rapport/v1/idle')).status).toBe(200);
}

/** Makes a conversation to send in. */
async function prepare(start: () => Promise<ChildServer>): Promise<string> {
  const server = await start();
  const { conversationId } = await createWorld(server);
  await server.kill();
  return conversationId;
}

/** Posts messages and kills the server at a moment that may be anywhere in their sending, again and again. */
async function sendThroughKills(start: () => Promise<ChildServer>, conversationId: string) {
  const random = seededRandom(seed);
  const accepted = new Map<string, string>();
  for (let kill = 0; kill < kills; kill += 1) {
    const server = await start();
    for (let count = 0; count < messagesPerKill; count += 1) {
      const text = `message ${kill}-${count}`;
      accepted.set(text, await post(server, conversationId, text));
    }
    await new Promise((resolve) => setTimeout(resolve, random() * killDelayMaxMs));
    await server.kill();
  }
  return accepted;
}

describe('a server that is killed while it sends', () => {
  it(
    `puts each message into the outbox once, in order (RAPPORT_TEST_SEED=${seed})`,
    async () => {
      const start = servers({});
      const conversationId = await prepare(start);
      const accepted = await sendThroughKills(start, conversationId);
      const server = await start();
      await idle(server);
      const { messages } = (await server.request('GET', '/rapport/v1/outbox?pageSize=1000')).body as {
        messages: { content: { text: string }; messageSid: string }[];
      };
      expect(messages.toReversed().map(({ content }) => content.text)).toEqual([...accepted.keys()]);
      expect(await recorded(server, conversationId)).toEqual(
        messages.toReversed().map(({ content, messageSid }) => [content.text, messageSid]),
      );
    },
    120 * seconds,
  );

  it(
    `has each message sent once by a provider that does not know repeats (RAPPORT_TEST_SEED=${seed})`,
    async () => {
      const { provider, env } = await startProvider();
      const start = servers(env);
      const conversationId = await prepare(start);
      const accepted = await sendThroughKills(start, conversationId);
      const server = await start({ RAPPORT_CLOCK: 'virtual' });
      await server.request('POST', '/rapport/v1/clock/advance', { seconds: 600 });
      const made = provider.messages.map(({ body = '' }) => body);
      expect(provider.requests).toHaveLength(made.length);
      expect(new Set(made).size).toBe(made.length);
      const said = await recorded(server, conversationId);
      expect(said).toEqual(provider.messages.map(({ body, sid }) => [body, sid]));
      for (const [text, id] of accepted) {
        const action = await fetchAction(server, conversationId, id);
        expect(action.status, text).toBe(made.includes(text) ? 'COMPLETED' : 'FAILED');
      }
    },
    120 * seconds,
  );

  it(
    `hands each message to a webhook until it is known to be there, under one token (RAPPORT_TEST_SEED=${seed})`,
    async () => {
      const receiver = await startCallbackReceiver();
      onTestFinished(() => receiver.stop());
      const start = servers({ RAPPORT_SENDER: 'webhook', RAPPORT_SENDER_URL: receiver.url('/send') });
      const conversationId = await prepare(start);
      const accepted = await sendThroughKills(start, conversationId);
      const server = await start();
      await idle(server);
      const tokens = new Map(
        receiver.received.map(({ token, body }) => [
          token,
          (JSON.parse(body) as { content: { text: string } }).content.text,
        ]),
      );
      expect([...tokens]).toEqual([...accepted].map(([text, id]) => [`${id}-0`, text]));
      expect(await recorded(server, conversationId)).toEqual(
        [...tokens].map(([token, text]) => [text, token]),
      );
    },
    120 * seconds,
  );
});

describe('after a kill in the middle of a send', () => {
  it('a message that the provider has is found there, and not sent again', async () => {
    const { provider, env } = await startProvider();
    const start = servers(env);
    const killed = await start();
    const { conversationId } = await createWorld(killed);
    provider.turns.push('send and hang');
    const id = await post(killed, conversationId, 'hello');
    await provider.received(1);
    await killed.kill();

    const server = await start();
    await idle(server);
    const sid = provider.messages[0]?.['sid'];
    expect(await fetchAction(server, conversationId, id)).toMatchObject({
      status: 'COMPLETED',
      related: { messageSid: sid },
    });
    expect(await recorded(server, conversationId)).toEqual([['hello', sid]]);
    expect(provider.requests).toHaveLength(1);
  });

  it('a message that the provider does not show has failed, and may have been sent; the next one goes out', async () => {
    const { provider, env } = await startProvider();
    const start = servers(env);
    const killed = await start();
    const { conversationId } = await createWorld(killed);
    provider.turns.push('hang');
    const lost = await post(killed, conversationId, 'lost');
    const next = await post(killed, conversationId, 'next');
    await provider.received(1);
    await killed.kill();

    const server = await start({ RAPPORT_CLOCK: 'virtual' });
    await server.request('POST', '/rapport/v1/clock/advance', { seconds: 20 });
    expect(await fetchAction(server, conversationId, lost)).toMatchObject({
      status: 'FAILED',
      failureReason: 'the server stopped while it was being sent; it may have been sent',
    });
    expect(await fetchAction(server, conversationId, next)).toMatchObject({ status: 'COMPLETED' });
    expect(provider.messages.map(({ body }) => body)).toEqual(['next']);
  });

  it('a message for a webhook comes again under its token', async () => {
    const receiver = await startCallbackReceiver();
    onTestFinished(() => receiver.stop());
    const start = servers({ RAPPORT_SENDER: 'webhook', RAPPORT_SENDER_URL: receiver.url('/send') });
    const killed = await start();
    const { conversationId } = await createWorld(killed);
    receiver.answer(() => () => undefined);
    const id = await post(killed, conversationId, 'hello');
    await receiver.until(1);
    await killed.kill();
    receiver.answer(() => 200);

    const server = await start();
    await idle(server);
    expect(receiver.received.map(({ token }) => token)).toEqual([`${id}-0`, `${id}-0`]);
    expect(await fetchAction(server, conversationId, id)).toMatchObject({ status: 'COMPLETED' });
    expect(await recorded(server, conversationId)).toEqual([['hello', `${id}-0`]]);
  });
});
