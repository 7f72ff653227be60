import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createConfiguration, createConversation, customer } from '../support/conversations.ts';
import { startServerWithSdk } from '../support/sdk.ts';

/** What an action can be refused for, and how large what it sends may be. */
const from = { address: '+12025550100', channel: 'SMS' };
const to = [{ address: '+12025550123', channel: 'SMS' }];
const content = { text: 'On its way' };
const contentId = `HX${'0'.repeat(32)}`;
const chat = { from: { address: 'bot', channel: 'CHAT' }, to: [{ address: 'dana', channel: 'CHAT' }] };

let server: TestServer;
let path: string;

beforeAll(async () => {
  const started = await startServerWithSdk();
  server = started.server;
  const configurationId = await createConfiguration(started.client);
  const { id } = await createConversation(started.client, configurationId, [
    customer('+12025550123'),
    { addresses: ['SMS', 'WHATSAPP'].map((channel) => ({ channel, address: '+12025550111' })) },
  ]);
  path = `/v2/Conversations/${id}/Actions`;
});
afterAll(() => server.stop());

const post = (body: unknown) => server.request('POST', path, body);
const send = (payload: object) => post({ type: 'SEND_MESSAGE', payload: { from, to, content, ...payload } });

/** A record with so many members. */
function members(count: number, value: unknown = 'x'): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`name${at}`, value]));
}

/** A chat with so many. */
function crowd(count: number): object {
  const people = Array.from({ length: count }, (_, at) => ({ address: `person-${at}`, channel: 'CHAT' }));
  return { ...chat, to: people, channelSettings: { channelId: 'CH1' } };
}

describe('an action is refused', () => {
  it.each<[unknown, string]>([
    [{}, 'type: must not be null'],
    [{ type: 'SEND_MESSAGE' }, 'payload: must not be null'],
    [
      { type: 'START_FLOW', payload: { from, to, content } },
      'type: must be one of ["SEND_MESSAGE","action-send-message"]',
    ],
    [{ type: 'SEND_MESSAGE', payload: { to, content } }, 'payload.from: must not be null'],
    [{ type: 'SEND_MESSAGE', payload: { from, content } }, 'payload.to: must not be null'],
    [{ type: 'SEND_MESSAGE', payload: { from, to } }, 'payload.content: must not be null'],
  ])('for the body %j', async (body, message) => {
    expect(await post(body)).toMatchObject({ status: 400, body: { code: 20001, message } });
  });

  it.each<[object, string]>([
    [{ to: [] }, 'payload.to: must NOT have fewer than 1 items'],
    [{ from: {} }, 'payload.from: must have a participantId, or an address and its channel'],
    [
      { to: [{ address: '+12025550111', channel: 'SMS' }, { participantId: 'conv_participant_x' }] },
      'payload.to.1.participantId: is not a participant of this conversation',
    ],
    [
      { from: { address: '+12025550100', channel: 'VOICE' } },
      'payload.from.channel: must be one of ["SMS","RCS","WHATSAPP","CHAT"]: nothing can be sent on VOICE',
    ],
    [
      { to: [{ address: '+12025550111', channel: 'WHATSAPP' }] },
      'payload.to.0.channel: must be SMS, the channel of payload.from',
    ],
    [{ to: [...to, ...to] }, 'payload.to.1: is the recipient of payload.to.0'],
    [{ content: {} }, 'payload.content: must have a text, a contentId or mediaUrls'],
    [
      { content: { text: '', mediaUrls: [], variables: { 1: 'x' } } },
      'payload.content: must have a text, a contentId or mediaUrls',
    ],
    [{ content: { text: 'x', body: 'y' } }, 'payload.content.body: is not a known member'],
    [{ content: { contentId: 'HX1' } }, 'payload.content.contentId: must match pattern'],
    [{ content: { text: 'x', variables: { 1: 1 } } }, 'payload.content.variables.1: must be string'],
    [{ content: { mediaUrls: ['not a url'] } }, 'payload.content.mediaUrls.0: must match'],
    [{ content: { mediaUrls: ['ftp://example.com/'] } }, 'payload.content.mediaUrls.0: must match pattern'],
    [{ ...chat }, 'payload.channelSettings.channelId: must not be null: it names the chat to write in'],
    [
      { ...chat, channelSettings: { channelId: 7 } },
      'payload.channelSettings.channelId: must be a text of 1 to 256 characters',
    ],
    [{ channelSettings: [] }, 'payload.channelSettings: must be object'],
  ])('for a payload with %j', async (payload, message) => {
    const reply = await send(payload);
    expect(reply).toMatchObject({ status: 400, body: { code: 20001 } });
    expect((reply.body as { message: string }).message).toContain(message);
  });

  it('with a form for a body', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect(await server.request('POST', path, 'type=SEND_MESSAGE', headers)).toMatchObject({
      status: 415,
      body: { code: 20422 },
    });
  });
});

describe('an action may have', () => {
  it.each<[string, object, object]>([
    ['100 recipients', crowd(100), crowd(101)],
    [
      'a text of 65,536 characters',
      { content: { text: 'é'.repeat(65_536) } },
      { content: { text: 'é'.repeat(65_537) } },
    ],
    [
      '10 media',
      { content: { mediaUrls: Array(10).fill('https://example.com/1.png') } },
      { content: { mediaUrls: Array(11).fill('https://example.com/1.png') } },
    ],
    [
      'a media URL of 2,048 characters',
      { content: { mediaUrls: [`https://example.com/${'x'.repeat(2028)}`] } },
      { content: { mediaUrls: [`https://example.com/${'x'.repeat(2029)}`] } },
    ],
    [
      '100 variables',
      { content: { contentId, variables: members(100) } },
      { content: { contentId, variables: members(101) } },
    ],
    [
      'a variable of 4,096 characters',
      { content: { contentId, variables: { 1: 'x'.repeat(4096) } } },
      { content: { contentId, variables: { 1: 'x'.repeat(4097) } } },
    ],
    [
      'the name of a variable of 128 characters',
      { content: { contentId, variables: { ['x'.repeat(128)]: '' } } },
      { content: { contentId, variables: { ['x'.repeat(129)]: '' } } },
    ],
    [
      '50 channel settings of any kind',
      { channelSettings: members(50, { any: [1, null] }) },
      { channelSettings: members(51) },
    ],
    [
      'a channel id of 256 characters',
      { ...chat, channelSettings: { channelId: 'x'.repeat(256) } },
      { ...chat, channelSettings: { channelId: 'x'.repeat(257) } },
    ],
  ])('%s, and no more', async (_what, most, tooMuch) => {
    expect((await send(tooMuch)).status).toBe(400);
    expect((await send(most)).status).toBe(202);
  });

  it('members that nobody knows, and nulls for what it leaves out', async () => {
    const party = { ...from, participantId: null, name: 'Ada' };
    const empty = { contentId: null, variables: null, mediaUrls: null };
    const reply = await post({
      type: 'SEND_MESSAGE',
      id: 'x',
      payload: { from: party, to, content: { ...content, ...empty }, channelSettings: null, priority: 1 },
    });
    expect(reply.status).toBe(202);
  });
});
