import { describe, expect, it, onTestFinished } from 'vitest';
import { createWorld } from '../support/acknowledged-writes.ts';
import { type CallbackReceiver, startCallbackReceiver } from '../support/callback-receiver.ts';
import { type ChildServer, startChildServer } from '../support/child-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const env = { RAPPORT_ALLOW_PRIVATE_CALLBACKS: 'true' };

async function started(dataDir: string): Promise<ChildServer> {
  const server = await startChildServer({ dataDir, env });
  onTestFinished(() => server.kill());
  return server;
}

async function receiving(): Promise<CallbackReceiver> {
  const receiver = await startCallbackReceiver();
  onTestFinished(() => receiver.stop());
  return receiver;
}

describe('a status callback', () => {
  it('that was received when the server was killed is sent again with its token, before those behind it', async () => {
    const dataDir = temporaryFolder();
    const receiver = await receiving();
    const before = await started(dataDir);
    const { conversationId } = await createWorld(before);
    const path = `/v2/Conversations/${conversationId}`;
    await before.request('PATCH', path, { configuration: { statusCallbacks: [{ url: receiver.url() }] } });
    // Between its arrival and the answer that would have it struck off.
    receiver.answer(() => async (response) => {
      await before.kill();
      response.end();
    });
    await before.request('PATCH', path, { name: 'one' });
    await before.exited;
    receiver.answer(() => 200);

    const server = await started(dataDir);
    await server.request('PATCH', path, { name: 'two' });
    await receiver.until(3);
    await server.request('POST', '/rapport/v1/idle');
    expect(receiver.received.map(({ data }) => data['name'])).toEqual(['one', 'one', 'two']);
    const [first, again, other] = receiver.received;
    expect(again).toMatchObject({ token: first?.token, body: first?.body });
    expect(other?.token).not.toBe(first?.token);
  });

  it('is lost to no kill, and comes in order, however often the server is killed', async () => {
    const dataDir = temporaryFolder();
    const receiver = await receiving();
    let server = await started(dataDir);
    const { conversationId } = await createWorld(server);
    const path = `/v2/Conversations/${conversationId}`;
    await server.request('PATCH', path, { configuration: { statusCallbacks: [{ url: receiver.url() }] } });
    const names = Array.from({ length: 12 }, (_, at) => `name ${at}`);
    for (const [at, name] of names.entries()) {
      expect((await server.request('PATCH', path, { name })).status).toBe(200);
      if (at % 4 !== 3) continue;
      await server.kill();
      server = await started(dataDir);
    }
    await server.request('POST', '/rapport/v1/idle');
    const tokens = new Map(receiver.received.map(({ token, data }) => [token, data['name']]));
    expect([...tokens.values()]).toEqual(names);
    const sequence = receiver.received.map(({ data }) => names.indexOf(String(data['name'])));
    expect(sequence).toEqual(sequence.toSorted((a, b) => a - b));
  });
});
