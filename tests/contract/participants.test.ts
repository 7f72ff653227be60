import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import {
  agent,
  agentNumber,
  createConfiguration,
  createConversation,
  customer,
  customerNumber,
  refusals,
  uniqueName,
} from '../support/conversations.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let configurationId: string;
let conversationId: string;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
});
afterAll(() => server.stop());
beforeEach(async () => {
  configurationId = await createConfiguration(client);
  ({ id: conversationId } = await createConversation(client, configurationId, []));
});

const participants = (id = conversationId) => client.conversations.v2.participants(id);
const participant = (id: string | undefined) =>
  client.conversations.v2.participants(conversationId, id ?? '');

/** The SDK gives one place to lists and another to single participants. */
function sms(address: string, channelId?: string) {
  return { channel: 'SMS', address, ...(channelId ? { channelId } : {}) };
}

describe('adding a participant', () => {
  it('keeps the address as it was written, with its channel resource', async () => {
    const added = await participants().create({
      name: 'Dana',
      type: 'HUMAN_AGENT',
      addresses: [sms('(202) 555-0123', 'SM1')],
    });
    expect(added).toMatchObject({
      id: expect.stringMatching(/^conv_participant_[0-7][0-9a-z]{25}$/),
      conversationId,
      name: 'Dana',
      type: 'HUMAN_AGENT',
      addresses: [{ channel: 'SMS', address: '(202) 555-0123', channelId: 'SM1' }],
    });
    expect((await participant(added.id).fetch()).toJSON()).toEqual(added.toJSON());
  });

  it('takes the first address for a name and UNKNOWN for a type when they are left out', async () => {
    const added = await participants().create({ addresses: [{ channel: 'CHAT', address: 'dana' }] });
    expect(added).toMatchObject({ name: 'dana', type: 'UNKNOWN' });
    expect(added.profileId).toBeUndefined();
  });

  it('refuses an address that is there already with 409 and names who has it', async () => {
    const first = await participants().create({ addresses: [sms(customerNumber)] });
    const path = `/v2/Conversations/${conversationId}/Participants`;
    const reply = await server.request('POST', path, { addresses: [sms('+1 202-555-0123')] });
    expect(reply).toMatchObject({ status: 409, body: { code: 20409 } });
    expect(reply.headers.get('X-Conflicting-Resource-Id')).toBe(first.id);
    expect(await participants().list()).toHaveLength(1);
  });

  it('refuses an address that would make the conversation the same as another one', async () => {
    const other = await createConversation(client, configurationId);
    await participants().create(customer());
    const path = `/v2/Conversations/${conversationId}/Participants`;
    const reply = await server.request('POST', path, agent());
    expect(reply.status).toBe(409);
    expect(reply.headers.get('X-Conflicting-Resource-Id')).toBe(other.id);
    expect(await participants().list()).toHaveLength(1);
  });

  it('makes the conversation the one that its parties are found in', async () => {
    await participants().create(customer());
    await participants().create(agent());
    await expect(createConversation(client, configurationId)).rejects.toMatchObject({ status: 409 });
  });

  it('needs a conversation that is not CLOSED', async () => {
    const { id } = await participants().create(agent());
    await client.conversations.v2.conversations(conversationId).update({ status: 'CLOSED' });
    const attempts = [participants().create(customer()), participant(id).update({ type: 'AGENT' })];
    for (const refusal of await refusals(attempts))
      expect(refusal).toMatchObject({ status: 400, code: 20001 });
    expect(await participants().list()).toHaveLength(1);
  });
});

describe('listing participants', () => {
  it('is newest first, over as many pages as it takes', async () => {
    const ids: (string | undefined)[] = [];
    for (let at = 0; at < 5; at += 1) {
      const { id } = await participants().create({ addresses: [{ channel: 'CHAT', address: `dana-${at}` }] });
      ids.unshift(id);
    }
    const listed = await participants().list({ pageSize: 2 });
    expect(listed.map(({ id }) => id)).toEqual(ids);
  });
});

describe('replacing a participant', () => {
  it('clears what is left out, but keeps the name that was given', async () => {
    const added = await participants().create({ ...customer(), name: 'Dana' });
    expect(added.profileId).toBeDefined();
    const replaced = await participant(added.id).update({ type: 'AGENT', addresses: [sms('+12025550124')] });
    expect(replaced).toMatchObject({ name: 'Dana', type: 'AGENT', addresses: [sms('+12025550124')] });
    expect(replaced.profileId).toBeUndefined();
    expect(replaced.createdAt).toEqual(added.createdAt);
    expect(await participant(added.id).update({})).toMatchObject({
      name: 'Dana',
      type: 'UNKNOWN',
      addresses: [],
    });
  });

  it('takes the new first address for a name that was never given', async () => {
    const added = await participants().create({ type: 'AGENT', addresses: [sms('+12025550124')] });
    const replaced = await participant(added.id).update({ type: 'AGENT', addresses: [sms('+12025550125')] });
    expect(replaced.name).toBe('+12025550125');
  });

  it('takes back the addresses that a fetch answered', async () => {
    const added = await participants().create({ type: 'UNKNOWN', addresses: [sms(agentNumber, 'SM1')] });
    const replaced = await participant(added.id).update({
      type: 'AI_AGENT',
      ...(added.addresses ? { addresses: added.addresses } : {}),
    });
    expect(replaced).toMatchObject({ type: 'AI_AGENT', addresses: added.addresses });
  });

  it('refuses the address of somebody else, and of another conversation, with 409', async () => {
    await createConversation(client, configurationId, [customer(), agent()]);
    const first = await participants().create(customer('+12025550124'));
    const second = await participants().create(agent());
    const attempts = [
      participant(second.id).update({ type: 'AI_AGENT', addresses: [sms('+12025550124')] }),
      participant(first.id).update(customer()),
    ];
    for (const refusal of await refusals(attempts)) expect(refusal).toMatchObject({ status: 409 });
    expect((await participant(first.id).fetch()).addresses).toMatchObject([sms('+12025550124')]);
  });

  it('frees the parties that the conversation had', async () => {
    const first = await participants().create(customer());
    await participants().create(agent());
    await participant(first.id).update(customer('+12025550124'));
    await createConversation(client, configurationId);
  });

  it('forgets a channel resource that nothing names any more', async () => {
    const added = await participants().create({ type: 'AGENT', addresses: [sms(agentNumber, 'SM-old')] });
    await participant(added.id).update({ type: 'AGENT', addresses: [sms(agentNumber, 'SM-new')] });
    const { conversations } = client.conversations.v2;
    expect(await conversations.list({ channelId: 'SM-old' })).toEqual([]);
    expect(await conversations.list({ channelId: 'SM-new' })).toHaveLength(1);
  });
});

describe('the profile of a participant', () => {
  let memoryStoreId: string;

  beforeAll(async () => {
    memoryStoreId = await createStore(client, uniqueName());
  });

  async function join(type: string, channel: string, address: string) {
    const own = await createConfiguration(client, { memoryStoreId });
    const { participants } = await createConversation(client, own, [
      { type, addresses: [{ channel, address }] },
    ]);
    return participants[0];
  }

  it.each([
    ['SMS', '+12025550111', 'phone', '+12025550111'],
    ['WHATSAPP', 'whatsapp:+12025550112', 'whatsapp', '+12025550112'],
    ['CHAT', 'dana', 'chat', 'dana'],
    ['EMAIL', 'Dana@example.com', 'email', 'dana@example.com'],
  ])('is made for a customer on %s, and found by it from then on', async (channel, address, idType, value) => {
    const first = await join('CUSTOMER', channel, address);
    expect(first?.profileId).toMatch(/^mem_profile_/);
    const second = await join('CUSTOMER', channel, address);
    expect(second?.profileId).toBe(first?.profileId);
    const lookup = await server.request('POST', `/v1/Stores/${memoryStoreId}/Profiles/Lookup`, {
      idType,
      value,
    });
    expect(lookup).toMatchObject({ status: 200, body: { profiles: [first?.profileId] } });
  });

  it('is shared by calls and texts of one number', async () => {
    const caller = await join('CUSTOMER', 'VOICE', '+12025550113');
    const texter = await join('CUSTOMER', 'SMS', '(202) 555-0113');
    expect(texter?.profileId).toBe(caller?.profileId);
  });

  it('is looked up for somebody unknown, who is a customer when there is one', async () => {
    const known = await join('CUSTOMER', 'SMS', '+12025550114');
    const recognised = await join('UNKNOWN', 'VOICE', '+12025550114');
    expect(recognised).toMatchObject({ type: 'CUSTOMER', profileId: known?.profileId });
    const stranger = await join('UNKNOWN', 'SMS', '+12025550115');
    expect(stranger?.type).toBe('UNKNOWN');
    expect(stranger?.profileId).toBeUndefined();
    expect((await join('UNKNOWN', 'SMS', '+12025550115'))?.profileId).toBeUndefined();
  });

  it('is never resolved for agents', async () => {
    await join('CUSTOMER', 'SMS', '+12025550116');
    for (const type of ['HUMAN_AGENT', 'AI_AGENT', 'AGENT']) {
      const found = await join(type, 'SMS', '+12025550116');
      expect(found).toMatchObject({ type });
      expect(found?.profileId).toBeUndefined();
    }
  });

  it('is left alone where an address identifies nobody', async () => {
    for (const [channel, address] of [
      ['VOICE', 'client:dana'],
      ['RCS', 'rcs:example_sender'],
      ['SMS', '55501'],
    ] as const) {
      const joined = await join('CUSTOMER', channel, address);
      expect(joined).toMatchObject({ type: 'CUSTOMER' });
      expect(joined?.profileId).toBeUndefined();
    }
  });

  it('is taken from the request as it is', async () => {
    const profileId = 'mem_profile_01k1etk2y5f1y9fpe2epfdtvv2';
    const added = await participants().create({ ...customer(), profileId });
    expect(added.profileId).toBe(profileId);
    const other = 'mem_profile_01k1etk2y5f1y9fpe2epfdtvv3';
    expect(await participant(added.id).update({ ...customer(), profileId: other })).toMatchObject({
      profileId: other,
    });
  });

  it('is resolved when a replacement makes somebody a customer', async () => {
    const added = await participants().create({ type: 'UNKNOWN', addresses: [sms('+12025550117')] });
    expect(added.profileId).toBeUndefined();
    const promoted = await participant(added.id).update(customer('+12025550117'));
    expect(promoted.profileId).toMatch(/^mem_profile_/);
  });

  it('is missing, and nothing else is, when the memory store is gone', async () => {
    const doomed = await createStore(client, uniqueName());
    const own = await createConfiguration(client, { memoryStoreId: doomed });
    await client.memory.v1.stores(doomed).remove();
    const { participants } = await createConversation(client, own);
    expect(participants[0]).toMatchObject({ type: 'CUSTOMER', name: customerNumber });
    expect(participants[0]?.profileId).toBeUndefined();
  });
});

describe('the log of a profile that could not be resolved', () => {
  it('has the code of the diagnostic and nothing that a customer wrote', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
    const logged = await startServerWithSdk({ log });
    const own = await createConfiguration(logged.client);
    const parties = [{ type: 'CUSTOMER', addresses: [{ channel: 'VOICE', address: 'client:dana' }] }];
    const { id } = await createConversation(logged.client, own, parties);
    await logged.server.stop();
    const diagnostics = lines.map((line) => JSON.parse(line)).filter(({ code }) => code === 530001);
    expect(diagnostics).toMatchObject([{ level: 40, conversationId: id }]);
    expect(lines.join('')).not.toContain('dana');
  });
});

describe('an unknown participant', () => {
  it('is a 404, also when it is in another conversation', async () => {
    const elsewhere = await createConversation(client, configurationId);
    const ids = ['conv_participant_01k1etk2y5f1y9fpe2epfdtvv2', 'nonsense', elsewhere.participants[0]?.id];
    const attempts = ids.flatMap((id) => [
      participant(id).fetch(),
      participant(id).update({ type: 'AGENT' }),
    ]);
    for (const refusal of await refusals(attempts))
      expect(refusal).toMatchObject({ status: 404, code: 20404 });
  });
});
