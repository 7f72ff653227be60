import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import {
  agent,
  agentNumber,
  createConfiguration,
  createConversation,
  customer,
  customerNumber,
  say,
  statusOf,
} from '../support/conversations.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
});
afterAll(() => server.stop());

const minute = 60;
const smsOnly = { SMS: { statusTimeouts: { inactive: 10, closed: 30 } } };

async function startConversation(channelSettings: object = smsOnly): Promise<string> {
  const configurationId = await createConfiguration(client, {
    // As the API takes it; the SDK's type has a class for each channel.
    channelSettings: channelSettings as { [channel: string]: object },
  });
  const { id } = await createConversation(client, configurationId);
  return id;
}

const move = (id: string, status: string) => client.conversations.v2.conversations(id).update({ status });

describe('the timers of a conversation', () => {
  it('make it INACTIVE and then CLOSED, both counted from the last communication', async () => {
    const id = await startConversation();
    await server.advance(9 * minute);
    await say(client, id);
    await server.advance(10 * minute - 1);
    expect(await statusOf(client, id)).toBe('ACTIVE');
    await server.advance(1);
    expect(await statusOf(client, id)).toBe('INACTIVE');
    await server.advance(20 * minute - 1);
    expect(await statusOf(client, id)).toBe('INACTIVE');
    await server.advance(1);
    expect(await statusOf(client, id)).toBe('CLOSED');
  });

  it('say when each move happened', async () => {
    const id = await startConversation();
    const { createdAt } = await client.conversations.v2.conversations(id).fetch();
    await server.advance(60 * minute);
    const { updatedAt } = await client.conversations.v2.conversations(id).fetch();
    expect((updatedAt?.getTime() ?? 0) - (createdAt?.getTime() ?? 0)).toBe(30 * minute * 1000);
  });

  it('count from the creation while nothing was said', async () => {
    const id = await startConversation();
    await server.advance(10 * minute);
    expect(await statusOf(client, id)).toBe('INACTIVE');
  });

  it('start anew with any communication, which makes an INACTIVE conversation ACTIVE', async () => {
    const id = await startConversation();
    await server.advance(15 * minute);
    expect(await statusOf(client, id)).toBe('INACTIVE');
    await say(client, id, { from: agentNumber, to: customerNumber });
    expect(await statusOf(client, id)).toBe('ACTIVE');
    await server.advance(29 * minute);
    expect(await statusOf(client, id)).toBe('INACTIVE');
  });

  it('are not moved back by a back-dated communication, nor forward by an update', async () => {
    const id = await startConversation();
    await say(client, id, { resourceId: 'SM1' });
    await server.advance(5 * minute);
    await say(client, id, { occurredAt: new Date(Date.now() - 3_600_000) });
    await say(client, id, { resourceId: 'SM1', text: 'corrected' });
    await server.advance(5 * minute - 1);
    expect(await statusOf(client, id)).toBe('ACTIVE');
    await server.advance(1);
    expect(await statusOf(client, id)).toBe('INACTIVE');
  });

  it('start anew when a back-dated communication makes the conversation ACTIVE', async () => {
    const id = await startConversation();
    await server.advance(15 * minute);
    await say(client, id, { occurredAt: new Date(Date.now() - 3_600_000) });
    await server.advance(9 * minute);
    expect(await statusOf(client, id)).toBe('ACTIVE');
  });

  it('wait for the channel that waits longest', async () => {
    const id = await startConversation({
      SMS: { statusTimeouts: { closed: 10 } },
      VOICE: { statusTimeouts: { closed: 60 } },
      CHAT: {},
    });
    await say(client, id, { channel: 'VOICE' });
    await say(client, id, { channel: 'SMS' });
    await say(client, id, { channel: 'CHAT' });
    await server.advance(59 * minute);
    expect(await statusOf(client, id)).toBe('ACTIVE');
    await server.advance(1 * minute);
    expect(await statusOf(client, id)).toBe('CLOSED');
  });

  it('close without an INACTIVE before when there is no such timer, or it would not be first', async () => {
    const withoutInactive = await startConversation({ SMS: { statusTimeouts: { closed: 10 } } });
    const closeFirst = await startConversation({ SMS: { statusTimeouts: { inactive: 10, closed: 10 } } });
    await server.advance(10 * minute - 1);
    expect(await statusOf(client, withoutInactive)).toBe('ACTIVE');
    expect(await statusOf(client, closeFirst)).toBe('ACTIVE');
    await server.advance(1);
    expect(await statusOf(client, withoutInactive)).toBe('CLOSED');
    expect(await statusOf(client, closeFirst)).toBe('CLOSED');
  });

  it('leave a channel without timers alone until the conversation is three years old', async () => {
    const id = await startConversation({ SMS: { statusTimeouts: null } });
    const days = 24 * 60 * minute;
    await server.advance(3 * 365 * days - days);
    expect(await statusOf(client, id)).toBe('ACTIVE');
    await server.advance(3 * days);
    expect(await statusOf(client, id)).toBe('CLOSED');
  });

  it('start anew when the API makes the conversation ACTIVE, and go on when it makes it INACTIVE', async () => {
    const id = await startConversation();
    await server.advance(15 * minute);
    await move(id, 'ACTIVE');
    await server.advance(9 * minute);
    expect(await statusOf(client, id)).toBe('ACTIVE');
    await move(id, 'INACTIVE');
    await server.advance(21 * minute);
    expect(await statusOf(client, id)).toBe('CLOSED');
  });

  it('begin when the first participant joins a conversation in which nothing was said', async () => {
    const configurationId = await createConfiguration(client, { channelSettings: smsOnly });
    const { id } = await createConversation(client, configurationId, []);
    await server.advance(60 * minute);
    await client.conversations.v2.participants(id).create(customer());
    await server.advance(5 * minute);
    await client.conversations.v2.participants(id).create(agent());
    await server.advance(5 * minute - 1);
    expect(await statusOf(client, id)).toBe('ACTIVE');
    await server.advance(1);
    expect(await statusOf(client, id)).toBe('INACTIVE');
  });

  it('are those of the moment of creation, and outlive the configuration', async () => {
    const configurationId = await createConfiguration(client, { channelSettings: smsOnly });
    const { id } = await createConversation(client, configurationId);
    await client.conversations.v2.configurations(configurationId).remove();
    await server.advance(30 * minute);
    expect(await statusOf(client, id)).toBe('CLOSED');
  });

  it('free the parties when they close a conversation', async () => {
    const configurationId = await createConfiguration(client, { channelSettings: smsOnly });
    await createConversation(client, configurationId);
    await server.advance(30 * minute);
    await createConversation(client, configurationId);
  });

  it('do nothing to a conversation that was deleted', async () => {
    const id = await startConversation();
    await client.conversations.v2.conversations(id).remove();
    await server.advance(60 * minute);
    await expect(statusOf(client, id)).rejects.toMatchObject({ status: 404 });
  });
});

describe('a conversation that rests', () => {
  async function talk(memoryExtractionEnabled: boolean) {
    const configurationId = await createConfiguration(client, { memoryExtractionEnabled });
    const parties = [customer('+12025550141'), agent()];
    const { id, participants, configuration } = await createConversation(client, configurationId, parties);
    await say(client, id, { from: '+12025550141', text: 'I live in Springfield and I prefer e-mail.' });
    return { id, storeId: configuration?.memoryStoreId ?? '', profileId: participants[0]?.profileId ?? '' };
  }

  it('becomes a memory of the customer when its configuration says so, and only then', async () => {
    const silent = await talk(false);
    await move(silent.id, 'CLOSED');
    await server.idle();
    const summaries = () =>
      client.memory.v1.conversationSummaries(silent.storeId, silent.profileId).list({ limit: 10 });
    expect(await summaries()).toEqual([]);

    const { id } = await talk(true);
    await move(id, 'CLOSED');
    await server.idle();
    expect((await summaries()).map(({ conversationId }) => conversationId)).toEqual([id]);
  });
});

describe('timers over a restart', () => {
  it('fire once at the start when they came due while the server was down', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'rapport-restart-'));
    const env = { RAPPORT_DATA_DIR: dataDir };
    const before = await startServerWithSdk({ env });
    const configurationId = await createConfiguration(before.client, { channelSettings: smsOnly });
    const { id } = await createConversation(before.client, configurationId);
    await before.server.stop();

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 15 * minute * 1000 });
    try {
      const after = await startServerWithSdk({ env });
      await after.server.idle();
      expect(await statusOf(after.client, id)).toBe('INACTIVE');
      await after.server.advance(15 * minute);
      expect(await statusOf(after.client, id)).toBe('CLOSED');
      await after.server.stop();
    } finally {
      vi.useRealTimers();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
