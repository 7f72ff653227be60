import { describe, expect, it, onTestFinished } from 'vitest';
import { createWorld } from '../support/acknowledged-writes.ts';
import { type ChildServer, type ChildServerOptions, startChildServer } from '../support/child-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hourMs = 3_600_000;

async function started(options: ChildServerOptions): Promise<ChildServer> {
  const server = await startChildServer(options);
  onTestFinished(() => server.kill());
  return server;
}

/** A machine whose clock is behind by this: what it leaves to do has come due when the next server starts. */
function machineBehind(ms: number): Record<string, string> {
  const script = `const now = Date.now; Date.now = () => now() - ${ms};`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
}

describe('timers and jobs', () => {
  it('that came due while the server was down run at its start, and what they do is done once, through kills', async () => {
    const dataDir = temporaryFolder();
    const before = await started({ dataDir, env: machineBehind(2 * hourMs) });
    const world = await createWorld(before);
    await say(before, world.conversationId, 'My espresso machine leaks, the order number is ES-4711.');
    expect(await statusOf(before, world.conversationId)).toBe('ACTIVE');
    await before.kill();

    // Killed as soon as it listens: the timer and the extraction are somewhere between due and done.
    for (let restart = 0; restart < 3; restart += 1) await (await started({ dataDir })).kill();

    const server = await started({ dataDir });
    expect((await server.request('POST', '/rapport/v1/idle')).status).toBe(200);
    expect(await statusOf(server, world.conversationId)).toBe('CLOSED');
    const lookup = await server.request('POST', `/v1/Stores/${world.storeId}/Profiles/Lookup`, {
      idType: 'phone',
      value: '+12025550123',
    });
    const [profileId] = (lookup.body as { profiles: string[] }).profiles;
    const memories = `/v1/Stores/${world.storeId}/Profiles/${profileId}`;
    const summaries = await server.request('GET', `${memories}/ConversationSummaries`);
    expect((summaries.body as { summaries: { conversationId: string }[] }).summaries).toMatchObject([
      { conversationId: world.conversationId },
    ]);
    const observations = await server.request('GET', `${memories}/Observations`);
    const contents = (observations.body as { observations: { content: string }[] }).observations.map(
      ({ content }) => content,
    );
    expect(contents.join('\n')).toContain('ES-4711');
    expect(new Set(contents).size).toBe(contents.length);
  });

  it('that are not due yet survive a kill and run at their own time', async () => {
    const dataDir = temporaryFolder();
    const before = await started({ dataDir });
    const { conversationId } = await createWorld(before);
    await before.kill();
    const server = await started({ dataDir, env: { RAPPORT_CLOCK: 'virtual' } });
    expect(await statusOf(server, conversationId)).toBe('ACTIVE');
    await server.request('POST', '/rapport/v1/clock/advance', { seconds: 9 * 60 });
    expect(await statusOf(server, conversationId)).toBe('ACTIVE');
    await server.request('POST', '/rapport/v1/clock/advance', { seconds: 2 * 60 });
    expect(await statusOf(server, conversationId)).toBe('INACTIVE');
    await server.request('POST', '/rapport/v1/clock/advance', { seconds: 50 * 60 });
    expect(await statusOf(server, conversationId)).toBe('CLOSED');
  });
});

async function statusOf(server: ChildServer, conversationId: string): Promise<unknown> {
  const reply = await server.request('GET', `/v2/Conversations/${conversationId}`);
  return (reply.body as { status: unknown }).status;
}

async function say(server: ChildServer, conversationId: string, text: string): Promise<void> {
  const reply = await server.request('POST', `/v2/Conversations/${conversationId}/Communications`, {
    author: { channel: 'SMS', address: '+12025550123' },
    recipients: [{ channel: 'SMS', address: '+12025550100' }],
    content: { type: 'TEXT', text },
  });
  expect(reply.status).toBe(201);
}
