import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let profilePath: string;
let exportPath: string;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  const storeId = await createStore(client);
  const { id } = await client.memory.v1
    .profiles(storeId)
    .create({ traits: { Contact: { email: 'e@example.com' } } });
  profilePath = `/v1/Stores/${storeId}/Profiles/${id}`;
  exportPath = `/rapport/v1/Stores/${storeId}/Profiles/${id}/Export`;
});
afterAll(() => server.stop());

// The SDK has no such resource any more.
const event = (changes: object = {}) => ({
  timestamp: '2026-01-01T12:00:00.000Z',
  lifecycle: 'COMMUNICATION_SENT',
  conversationId: 'conv_conversation_00000000000000000000000000',
  communicationType: 'SMS',
  direction: 'OUTBOUND',
  sender: { address: '+12025550126', participantId: 'comms_participant_00000000000000000000000000' },
  ...changes,
});
const post = (events: unknown, type = 'twilio-communication-event') =>
  server.request('POST', `${profilePath}/Events`, { type, events });
const exported = async () => ((await server.request('GET', exportPath)).body as { events: object[] }).events;

it('keeps events with the profile, where the export shows them', async () => {
  expect(await post([event(), event({ lifecycle: 'COMMUNICATION_DELIVERED' })])).toMatchObject({
    status: 202,
    body: { message: expect.any(String) },
  });
  expect(await exported()).toMatchObject([
    { type: 'twilio-communication-event', lifecycle: 'COMMUNICATION_SENT' },
    { type: 'twilio-communication-event', lifecycle: 'COMMUNICATION_DELIVERED' },
  ]);
});

it.each([
  ['an unknown type', [event()], 'other'],
  ['1001 events', Array.from({ length: 1001 }, () => event()), 'twilio-comms-lifecycle'],
  ['one bad event among good ones', [event(), event({ timestamp: 'yesterday' })], 'twilio-comms-lifecycle'],
  [
    'a participant ID that is none',
    [event({ sender: { address: 'x', participantId: 'y' } })],
    'twilio-comms-lifecycle',
  ],
  ['a direction that is none', [event({ direction: 'SIDEWAYS' })], 'twilio-comms-lifecycle'],
])('refuses %s and keeps nothing', async (_case, events, type) => {
  const before = await exported();
  expect(await post(events, type)).toMatchObject({ status: 400, body: { code: 400 } });
  expect(await exported()).toEqual(before);
});

it('takes 1000 events at once', async () => {
  expect((await post(Array.from({ length: 1000 }, () => event()))).status).toBe(202);
});
