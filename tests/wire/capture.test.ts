import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createConfiguration, createConversation, uniqueName } from '../support/conversations.ts';
import { createSdkClient, createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import { createOtherAccountKey } from '../support/second-account.ts';
import {
  type Form,
  fragmentForm,
  ingest,
  listEvents,
  messageForm,
  postForm,
  uniqueCustomer,
  uniqueSid,
} from '../support/webhooks.ts';

let server: TestServer;
let client: SdkClient;
let memoryStoreId: string;

const registered = '+12025550190';

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk({
    env: { RAPPORT_OWNED_ADDRESSES: ` ${registered} , , shop` },
  }));
  memoryStoreId = await createStore(client, uniqueName());
});
afterAll(() => server.stop());

let customer: string;
let ours: string;
beforeEach(() => {
  customer = uniqueCustomer();
  ours = uniqueCustomer();
});

const both = (address: string) => [
  { from: '*', to: address },
  { from: address, to: '*' },
];
const closes = { statusTimeouts: { inactive: 10, closed: 60 } };
const configure = (
  conversationGroupingType: string,
  channelSettings: Record<string, object> = {
    SMS: { ...closes, captureRules: both(ours) },
    WHATSAPP: { ...closes, captureRules: both(ours) },
    VOICE: { ...closes, captureRules: both(ours) },
  },
) => createConfiguration(client, { memoryStoreId, conversationGroupingType, channelSettings });

async function receive(form: Form): Promise<void> {
  const reply = await postForm(server, `${ingest}/messages`, form);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
}
const text = (changes: Form = {}) => receive(messageForm({ From: customer, To: ours, ...changes }));
const whatsApp = (changes: Form = {}) =>
  text({ From: `whatsapp:${customer}`, To: `whatsapp:${ours}`, ...changes });

/** Speaks in a new call, whose SID it answers. */
async function speak(from = customer, to = ours): Promise<string> {
  const callSid = uniqueSid('CA');
  const form = fragmentForm(callSid, 'hello', { From: from, To: to });
  expect((await postForm(server, `${ingest}/transcriptions`, form)).status).toBe(200);
  return callSid;
}

async function conversations() {
  const all = await client.conversations.v2.conversations.list({ pageSize: 1000 });
  return all.filter(({ participants = [] }) =>
    participants.some(({ addresses = [] }) => addresses.some(({ address }) => address?.endsWith(ours))),
  );
}

async function onlyConversation() {
  const [conversation, ...others] = await conversations();
  if (!conversation?.id || others.length > 0) throw new Error(`there are ${others.length + 1}`);
  return { ...conversation, id: conversation.id, participants: conversation.participants ?? [] };
}

const addressesOf = ({
  participants,
}: {
  participants: { addresses?: { channel?: string; address?: string }[] }[];
}) => participants.map(({ addresses = [] }) => addresses.map(({ channel, address }) => [channel, address]));

describe('grouping by addresses and channel', () => {
  beforeEach(() => configure('GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE'));

  it('keeps channels apart, and brings the directions of one together', async () => {
    await text();
    await text({ From: ours, To: customer });
    await whatsApp();
    await speak();
    await speak(ours, customer);
    expect(
      (await conversations()).map((conversation) => conversation.participants?.[0]?.addresses?.[0]?.channel),
    ).toEqual(['VOICE', 'WHATSAPP', 'SMS']);
  });

  it('keeps every customer apart', async () => {
    await text();
    await text({ From: uniqueCustomer() });
    expect(await conversations()).toHaveLength(2);
  });
});

describe('grouping by addresses', () => {
  beforeEach(() => configure('GROUP_BY_PARTICIPANT_ADDRESSES'));

  it('brings the channels of one number together, with the address of each', async () => {
    await text();
    const callSid = await speak();
    await whatsApp();
    const conversation = await onlyConversation();
    expect(addressesOf(conversation)).toEqual([
      [
        ['SMS', customer],
        ['VOICE', customer],
        ['WHATSAPP', `whatsapp:${customer}`],
      ],
      [
        ['SMS', ours],
        ['VOICE', ours],
        ['WHATSAPP', `whatsapp:${ours}`],
      ],
    ]);
    expect(await client.conversations.v2.conversations.list({ channelId: callSid })).toHaveLength(1);
    expect((await listEvents(server, conversation.id)).map(({ type }) => type)).toEqual([
      'CONVERSATION_CREATED',
      'PARTICIPANT_ADDED',
      'PARTICIPANT_ADDED',
      'COMMUNICATION_CREATED',
      'PARTICIPANT_UPDATED',
      'PARTICIPANT_UPDATED',
      'COMMUNICATION_CREATED',
      'PARTICIPANT_UPDATED',
      'PARTICIPANT_UPDATED',
      'COMMUNICATION_CREATED',
    ]);
  });

  it('keeps another address of the same customer apart', async () => {
    const other = uniqueCustomer();
    await client.memory.v1
      .profiles(memoryStoreId)
      .create({ traits: { Contact: { phone: customer } } })
      .then(({ id = '' }) =>
        client.memory.v1.identifiers(memoryStoreId, id).create({ idType: 'phone', value: other }),
      );
    await text();
    await text({ From: other });
    const profiles = (await conversations()).map(({ participants }) => participants?.[0]?.profileId);
    expect(profiles).toHaveLength(2);
    expect(new Set(profiles).size).toBe(1);
  });

  it('joins a conversation that the API made with the same parties', async () => {
    const configurationId = await configure('GROUP_BY_PARTICIPANT_ADDRESSES');
    const { id } = await createConversation(client, configurationId, [
      { type: 'CUSTOMER', name: 'Dana', addresses: [{ channel: 'WHATSAPP', address: customer }] },
      { type: 'AI_AGENT', addresses: [{ channel: 'SMS', address: ours }] },
    ]);
    await text();
    const own = await client.conversations.v2.conversations(id).fetch();
    expect(own.participants).toMatchObject([
      {
        name: 'Dana',
        addresses: [
          { channel: 'WHATSAPP', address: customer },
          { channel: 'SMS', address: customer },
        ],
      },
      { type: 'AI_AGENT', addresses: [{ channel: 'SMS', address: ours }] },
    ]);
    expect(await client.conversations.v2.communications(id).list()).toHaveLength(1);
  });
});

describe('grouping by profile', () => {
  beforeEach(() => configure('GROUP_BY_PROFILE'));

  const createProfile = (traits: object) =>
    client.memory.v1
      .profiles(memoryStoreId)
      .create({ traits: { Contact: traits } })
      .then(({ id = '' }) => id);
  const addIdentifier = (profileId: string, idType: string, value: string) =>
    client.memory.v1.identifiers(memoryStoreId, profileId).create({ idType, value });

  it('brings everything of one customer together, whatever the address and the channel', async () => {
    const other = uniqueCustomer();
    const profileId = await createProfile({ phone: customer });
    await addIdentifier(profileId, 'phone', other);
    await addIdentifier(profileId, 'whatsapp', `whatsapp:${other}`);
    await text();
    await speak(other);
    await whatsApp({ From: `whatsapp:${other}` });
    const conversation = await onlyConversation();
    expect(conversation.participants.map((participant) => participant.profileId)).toEqual([
      profileId,
      undefined,
    ]);
    expect(addressesOf(conversation)).toEqual([
      [
        ['SMS', customer],
        ['VOICE', other],
        ['WHATSAPP', `whatsapp:${other}`],
      ],
      [
        ['SMS', ours],
        ['VOICE', ours],
        ['WHATSAPP', `whatsapp:${ours}`],
      ],
    ]);
  });

  it('gives another address of the account a participant of its own', async () => {
    const ours2 = uniqueCustomer();
    await configure('GROUP_BY_PROFILE', { SMS: { captureRules: [...both(ours), ...both(ours2)] } });
    await text({ To: ours2 });
    await text();
    const [conversation] = (await conversations()).filter(({ participants = [] }) => participants.length > 2);
    expect(conversation?.participants?.map(({ type, addresses }) => [type, addresses?.[0]?.address])).toEqual(
      [
        ['CUSTOMER', customer],
        ['AGENT', ours2],
        ['AGENT', ours],
      ],
    );
  });

  it('keeps customers apart', async () => {
    await text();
    await text({ From: uniqueCustomer() });
    expect(await conversations()).toHaveLength(2);
  });

  it('goes by addresses while a customer is not known, and gives the profile later', async () => {
    const stranger = uniqueCustomer();
    const owner = uniqueCustomer();
    ours = owner;
    const captureRules = [{ from: '*', to: '*' }];
    const id = await configure('GROUP_BY_PROFILE', { RCS: { captureRules } });
    const send = () => text({ From: `rcs:${stranger}`, To: `rcs:${owner}` });
    await send();
    await send();
    const before = await onlyConversation();
    expect(before.participants.map(({ type }) => type)).toEqual(['UNKNOWN', 'UNKNOWN']);
    const profileId = await createProfile({ phone: stranger });
    await send();
    const after = await onlyConversation();
    expect(after.id).toBe(before.id);
    expect(after.participants.map(({ type, profileId: known }) => [type, known])).toEqual([
      ['CUSTOMER', profileId],
      ['AGENT', undefined],
    ]);
    expect(
      (await listEvents(server, after.id)).filter(({ type }) => type === 'PARTICIPANT_UPDATED'),
    ).toHaveLength(2);
    await client.conversations.v2.configurations(id).remove();
  });

  it('goes on when the customer’s profile is merged into another', async () => {
    const email = `${customer.slice(1)}@example.com`;
    const survivor = await createProfile({ email });
    await text();
    const before = await onlyConversation();
    const [merged] = before.participants;
    await createProfile({ email, phone: customer });
    await text();
    await text();
    const after = await onlyConversation();
    expect(after.id).toBe(before.id);
    expect(after.participants.map(({ id, profileId }) => [id, profileId])).toEqual([
      [merged?.id, survivor],
      [before.participants[1]?.id, undefined],
    ]);
    expect(merged?.profileId).not.toBe(survivor);
  });

  it('starts another conversation once the last one is CLOSED', async () => {
    await text();
    await server.advance(61 * 60);
    await text();
    expect((await conversations()).map(({ status }) => status)).toEqual(['ACTIVE', 'CLOSED']);
  });
});

describe('whose side is whose', () => {
  const grouping = 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE';
  const typesOf = async () => (await onlyConversation()).participants.map(({ type }) => type);
  const knows = (phone: string) =>
    client.memory.v1.profiles(memoryStoreId).create({ traits: { Contact: { phone } } });
  const capture = (captureRules: object[]) => configure(grouping, { SMS: { captureRules } });

  it('is told by an exact address in a rule', async () => {
    await capture([{ from: '*', to: ours }]);
    await text();
    expect(await typesOf()).toEqual(['CUSTOMER', 'AGENT']);
  });

  it('is told by an address that was registered, however it is written', async () => {
    const id = await capture([{ from: '*', to: '*' }]);
    ours = registered;
    await text();
    await client.conversations.v2.configurations(id).remove();
    const [conversation] = await conversations();
    expect(conversation?.participants?.map(({ type }) => type)).toEqual(['CUSTOMER', 'AGENT']);
  });

  it('is told by what is registered also where a rule names the customer', async () => {
    ours = registered;
    await capture([{ from: customer, to: registered }]);
    await text();
    const types = (await conversations()).map(({ participants = [] }) =>
      participants.map(({ type }) => type),
    );
    expect(types[0]).toEqual(['CUSTOMER', 'AGENT']);
  });

  it.each<[string, (customer: string, ours: string) => string[], string[]]>([
    ['nobody', () => [], ['UNKNOWN', 'UNKNOWN']],
    ['the author', (from) => [from], ['CUSTOMER', 'AGENT']],
    ['the recipient', (_, to) => [to], ['AGENT', 'CUSTOMER']],
    ['both', (from, to) => [from, to], ['UNKNOWN', 'UNKNOWN']],
  ])('is told by the memory store that knows %s, where a rule names both', async (_who, known, types) => {
    await capture([{ from: customer, to: ours }]);
    for (const phone of known(customer, ours)) await knows(phone);
    const before = await client.memory.v1.profiles(memoryStoreId).list({ pageSize: 1000 });
    await text();
    expect(await typesOf()).toEqual(types);
    expect(await client.memory.v1.profiles(memoryStoreId).list({ pageSize: 1000 })).toEqual(before);
  });

  it('is told later where it could not be told at first', async () => {
    await capture([{ from: customer, to: ours }]);
    await text();
    const before = await onlyConversation();
    expect(before.participants.map(({ type }) => type)).toEqual(['UNKNOWN', 'UNKNOWN']);
    const { id: profileId } = await knows(customer);
    await text();
    const after = await onlyConversation();
    expect(
      after.participants.map((participant) => [participant.id, participant.type, participant.profileId]),
    ).toEqual([
      [before.participants[0]?.id, 'CUSTOMER', profileId],
      [before.participants[1]?.id, 'AGENT', undefined],
    ]);
  });

  it('stays as somebody has said it since', async () => {
    await capture(both(ours));
    await text();
    const { id, participants } = await onlyConversation();
    const [dana, agent] = participants;
    await server.request('PUT', `/v2/Conversations/${id}/Participants/${agent?.id}`, {
      type: 'HUMAN_AGENT',
      addresses: agent?.addresses,
    });
    await text();
    expect(await typesOf()).toEqual(['CUSTOMER', 'HUMAN_AGENT']);
    expect((await onlyConversation()).participants[0]?.profileId).toBe(dana?.profileId);
  });
});

describe('another account', () => {
  it('captures by its own rules and its own addresses alone', async () => {
    const { accountId, sid, secret } = await createOtherAccountKey(server);
    const other = createSdkClient(server.url, { sid, token: secret });
    const SMS = { captureRules: [{ from: '*', to: '*' }] };
    const otherConfiguration = await createConfiguration(other, { channelSettings: { SMS } });
    await configure('GROUP_BY_PARTICIPANT_ADDRESSES');
    const form = messageForm({ From: customer, To: registered });
    const Authorization = `Basic ${btoa(`${sid}:${secret}`)}`;
    await postForm(server, `${ingest}/messages`, form, { Authorization });
    const [conversation, ...others] = await other.conversations.v2.conversations.list();
    expect([conversation?.configurationId, conversation?.accountId, others]).toEqual([
      otherConfiguration,
      accountId,
      [],
    ]);
    // The setting's addresses are the root account's.
    expect(conversation?.participants?.map(({ type }) => type)).toEqual(['UNKNOWN', 'UNKNOWN']);
    const own = await client.conversations.v2.conversations.list({ pageSize: 1000 });
    expect(own.filter(({ id }) => id === conversation?.id)).toEqual([]);
    // The same message, to the other account: each has its own.
    ours = registered;
    await receive(form);
    expect(await other.conversations.v2.communications(conversation?.id ?? '').list()).toHaveLength(1);
  });

  it('has no say over conversations that are not its own', async () => {
    const configurationId = await configure('GROUP_BY_PARTICIPANT_ADDRESSES');
    const { id } = await createConversation(client, configurationId, []);
    const { sid, secret } = await createOtherAccountKey(server);
    const Authorization = `Basic ${btoa(`${sid}:${secret}`)}`;
    const form = fragmentForm(uniqueSid('CA'), 'hello', { From: customer, To: ours });
    for (const query of [`conversationId=${id}`, `conversationConfiguration=${configurationId}`]) {
      const path = `${ingest}/transcriptions?${query}`;
      expect((await postForm(server, path, form, { Authorization })).status).toBe(200);
    }
    expect(await client.conversations.v2.communications(id).list()).toEqual([]);
    expect(await conversations()).toEqual([]);
  });
});
