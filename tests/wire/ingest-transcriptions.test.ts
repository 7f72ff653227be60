import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { agentNumber, createConfiguration, createConversation } from '../support/conversations.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import {
  type Form,
  fragmentForm,
  ingest,
  listEvents,
  postForm,
  uniqueCustomer,
  uniqueSid,
} from '../support/webhooks.ts';

let server: TestServer;
let client: SdkClient;
let configurationId: string;

const webhook = `${ingest}/transcriptions`;
const captureRules = [
  { from: '*', to: agentNumber },
  { from: agentNumber, to: '*' },
];
const VOICE = { statusTimeouts: { inactive: 10, closed: 60 }, captureRules };

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  configurationId = await createConfiguration(client, { channelSettings: { VOICE } });
});
afterAll(() => server.stop());

let caller: string;
let callSid: string;
let ends: Record<string, string>;
beforeEach(() => {
  caller = uniqueCustomer();
  callSid = uniqueSid('CA');
  ends = { From: caller, To: agentNumber };
});

/** Posts a callback with these parameters in its URL, and checks the answer that every webhook gets. */
async function receive(form: Form, query: Record<string, string> = {}): Promise<void> {
  const search = new URLSearchParams(query).toString();
  const reply = await postForm(server, search ? `${webhook}?${search}` : webhook, form);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  expect(reply.body).toBe('<Response/>');
}

const started = (changes: Form = {}): Form => ({
  TranscriptionEvent: 'transcription-started',
  CallSid: callSid,
  TranscriptionSid: `GT${callSid.slice(2)}`,
  ...changes,
});
const fragment = (transcript: string, changes: Form = {}) => fragmentForm(callSid, transcript, changes);

const conversationsOfCall = (sid = callSid) => client.conversations.v2.conversations.list({ channelId: sid });
const saidIn = async (conversationId: string | undefined) =>
  (await client.conversations.v2.communications(conversationId ?? '').list()).toReversed();
const textsIn = async (conversationId: string | undefined) =>
  (await saidIn(conversationId)).map(({ content }) => content.text);

async function onlyConversation(sid = callSid) {
  const [conversation, ...others] = await conversationsOfCall(sid);
  if (!conversation?.id || others.length > 0) throw new Error(`${sid} has ${others.length + 1}`);
  return { ...conversation, id: conversation.id, participants: conversation.participants ?? [] };
}

describe('a call that is being transcribed', () => {
  it('has a conversation as soon as it starts, found by its call SID', async () => {
    await receive(started(), ends);
    const { status, participants, id, ...conversation } = await onlyConversation();
    expect([conversation.configurationId, status]).toEqual([configurationId, 'ACTIVE']);
    expect(participants).toMatchObject([
      { type: 'CUSTOMER', addresses: [{ channel: 'VOICE', address: caller, channelId: callSid }] },
      { type: 'AGENT', addresses: [{ channel: 'VOICE', address: agentNumber, channelId: callSid }] },
    ]);
    expect(await saidIn(id)).toEqual([]);
    expect((await listEvents(server, id)).map(({ type }) => type)).toEqual([
      'CONVERSATION_CREATED',
      'PARTICIPANT_ADDED',
      'PARTICIPANT_ADDED',
    ]);
  });

  it('may say who is on the line in the form as well as in the URL', async () => {
    await receive(started(ends));
    expect((await onlyConversation()).participants[0]?.addresses?.[0]?.address).toBe(caller);
  });

  it('is understood where a URL holds the plus of a number as it is', async () => {
    const url = `${webhook}?From=${caller}&To=${agentNumber}`;
    expect((await postForm(server, url, started())).status).toBe(200);
    expect((await onlyConversation()).participants[0]?.addresses?.[0]?.address).toBe(caller);
  });

  it('is recorded fragment by fragment, each by who said it', async () => {
    await receive(started(), ends);
    await receive(fragment('I lost my card.', { TranscriptionSid: 'GT1', SequenceId: '2' }));
    await receive(
      fragment('When did you lose it?', {
        Track: 'outbound_track',
        TranscriptionSid: 'GT1',
        SequenceId: '3',
      }),
    );
    const { id, participants } = await onlyConversation();
    const [customer, agent] = participants.map((participant) => participant.id);
    expect(await saidIn(id)).toMatchObject([
      {
        author: { address: caller, channel: 'VOICE', participantId: customer },
        recipients: [{ address: agentNumber, channel: 'VOICE', participantId: agent }],
        content: {
          type: 'TRANSCRIPTION',
          text: 'I lost my card.',
          transcription: { channel: 0, confidence: 0.9 },
        },
        channelId: callSid,
        resourceId: 'GT1-2',
      },
      {
        author: { address: agentNumber, participantId: agent },
        recipients: [{ address: caller, participantId: customer }],
        content: { text: 'When did you lose it?', transcription: { channel: 1 } },
        resourceId: 'GT1-3',
      },
    ]);
  });

  it('has its sides the other way round when the account calls', async () => {
    await receive(started(), { From: agentNumber, To: caller });
    await receive(fragment('Hello?'));
    await receive(fragment('This is the bank.', { Track: 'outbound_track' }));
    const { id, participants } = await onlyConversation();
    expect(participants.map(({ type }) => type)).toEqual(['AGENT', 'CUSTOMER']);
    expect((await saidIn(id)).map(({ author, content }) => [author.address, content.text])).toEqual([
      [caller, 'Hello?'],
      [agentNumber, 'This is the bank.'],
    ]);
  });

  it('came in when nobody knows whose side is whose', async () => {
    const strangers = [uniqueCustomer(), uniqueCustomer()] as const;
    const rule = { from: strangers[0], to: strangers[1] };
    await createConfiguration(client, { channelSettings: { VOICE: { captureRules: [rule] } } });
    await receive(started(), { From: strangers[0], To: strangers[1] });
    await receive(fragment('one'));
    await receive(fragment('two', { Track: 'outbound_track' }));
    const { id, participants } = await onlyConversation();
    expect(participants.map(({ type, profileId }) => [type, profileId])).toEqual([
      ['UNKNOWN', undefined],
      ['UNKNOWN', undefined],
    ]);
    expect((await saidIn(id)).map(({ author }) => author.address)).toEqual(strangers);
  });

  it('needs no start: the first fragment with both ends makes the conversation', async () => {
    await receive(fragment('Hello?'), ends);
    const { id } = await onlyConversation();
    expect((await listEvents(server, id)).map(({ type }) => type)).toEqual([
      'CONVERSATION_CREATED',
      'PARTICIPANT_ADDED',
      'PARTICIPANT_ADDED',
      'COMMUNICATION_CREATED',
    ]);
  });

  it('happened when the callback says, or else now', async () => {
    const Timestamp = '2026-03-30T10:30:00.123456Z';
    await receive(fragment('then', { Timestamp }), ends);
    await receive(fragment('now', { Timestamp: 'yesterday' }), ends);
    const [then, now] = await saidIn((await onlyConversation()).id);
    expect(then?.occurredAt?.toISOString()).toBe('2026-03-30T10:30:00.123Z');
    expect(now?.occurredAt).toEqual(now?.createdAt);
  });

  it.each<[string, Form]>([
    ['a fragment that is not final', { Final: 'false' }],
    ['silence', { TranscriptionData: JSON.stringify({ transcript: ' ' }) }],
    ['the end', { TranscriptionEvent: 'transcription-stopped' }],
    ['an error', { TranscriptionEvent: 'transcription-error', TranscriptionErrorCode: '32650' }],
    ['an event of the future', { TranscriptionEvent: 'transcription-paused' }],
  ])('is not recorded by %s', async (_what, changes) => {
    await receive(fragment('nothing', changes), ends);
    expect(await conversationsOfCall()).toEqual([]);
  });

  it('counts a fragment as final when nothing is said of it, and leaves out a confidence that is none', async () => {
    const { Final: _, ...form } = fragment('final');
    const TranscriptionData = JSON.stringify({ transcript: 'final', confidence: 'high' });
    await receive({ ...form, TranscriptionData }, ends);
    const [said] = await saidIn((await onlyConversation()).id);
    expect(said?.content.transcription).toEqual({ channel: 0 });
  });

  it('is recorded once, however often a callback comes', async () => {
    const form = fragment('once');
    for (const _time of [1, 2]) {
      await receive(started(), ends);
      await receive(form, ends);
      await receive(form);
    }
    const { id } = await onlyConversation();
    expect(await textsIn(id)).toEqual(['once']);
    expect(await listEvents(server, id)).toHaveLength(4);
  });

  it('starts once: told again after the conversation was closed, it starts no other', async () => {
    await receive(started(), ends);
    const { id } = await onlyConversation();
    await client.conversations.v2.conversations(id).update({ status: 'CLOSED' });
    await receive(started(), ends);
    expect((await conversationsOfCall()).map((conversation) => conversation.id)).toEqual([id]);
  });

  it('is lost where nobody knows it: a fragment without ends, of a call that never started here', async () => {
    await receive(fragment('lost'));
    await receive(started());
    expect(await conversationsOfCall()).toEqual([]);
  });

  it('is lost once its conversation is CLOSED and the callback does not say who is on the line', async () => {
    await receive(started(), ends);
    const { id } = await onlyConversation();
    await client.conversations.v2.conversations(id).update({ status: 'CLOSED' });
    await receive(fragment('too late'));
    expect(await textsIn(id)).toEqual([]);
  });
});

describe('two calls of the same parties', () => {
  it('share a live conversation, which is found by either of them', async () => {
    await receive(started(), ends);
    await receive(fragment('first'));
    const { id } = await onlyConversation();
    await server.advance(11 * 60);
    expect((await onlyConversation()).status).toBe('INACTIVE');
    const [first, second] = [callSid, uniqueSid('CA')];
    callSid = second;
    await receive(started(), ends);
    expect(await onlyConversation(second)).toMatchObject({ id, status: 'ACTIVE' });
    expect((await onlyConversation(first)).id).toBe(id);
    expect((await onlyConversation(second)).participants[0]?.addresses).toMatchObject([
      { channelId: second },
    ]);
    await receive(fragment('second'));
    expect(await textsIn(id)).toEqual(['first', 'second']);
  });

  it('go on in the conversation of the call although somebody has joined there', async () => {
    await receive(started(), ends);
    const { id } = await onlyConversation();
    await client.conversations.v2
      .participants(id)
      .create({ type: 'HUMAN_AGENT', addresses: [{ channel: 'VOICE', address: 'client:erin' }] });
    await receive(fragment('still here'), ends);
    expect(await textsIn(id)).toEqual(['still here']);
    expect((await onlyConversation()).participants).toHaveLength(3);
  });
});

describe('a callback that says where the call belongs', () => {
  it('is captured by the configuration that it names, whatever the rules say', async () => {
    const named = await createConfiguration(client, {});
    await receive(started(), { ...ends, conversationConfiguration: named });
    await receive(fragment('hello'), { ...ends, conversationConfiguration: named });
    const { id, ...conversation } = await onlyConversation();
    expect(conversation.configurationId).toBe(named);
    expect(await textsIn(id)).toEqual(['hello']);
  });

  it('joins the conversation that it names, which goes before a configuration', async () => {
    const { id } = await createConversation(client, configurationId, [
      { type: 'CUSTOMER', addresses: [{ channel: 'VOICE', address: caller }] },
    ]);
    const named = { conversationId: id, conversationConfiguration: await createConfiguration(client, {}) };
    await receive(started({ ...ends, ...named }));
    expect((await onlyConversation()).id).toBe(id);
    expect((await onlyConversation()).participants.map(({ type }) => type)).toEqual(['CUSTOMER', 'AGENT']);
    await receive(fragment('hello'), named);
    expect(await textsIn(id)).toEqual(['hello']);
  });

  it('is rejected when the conversation that it names is CLOSED, unknown, or another account’s', async () => {
    const { id } = await createConversation(client, configurationId, []);
    await client.conversations.v2.conversations(id).update({ status: 'CLOSED' });
    for (const conversationId of [id, 'conv_conversation_01k1etk2y5f1y9fpe2epfdtvv2'])
      await receive(fragment('hello'), { ...ends, conversationId });
    await receive(fragment('hello'), { ...ends, conversationConfiguration: 'conv_configuration_none' });
    expect(await conversationsOfCall()).toEqual([]);
    expect(await textsIn(id)).toEqual([]);
  });

  it('is not understood when it misspells the name', async () => {
    const named = await createConfiguration(client, {});
    await receive(fragment('hello'), { ...ends, conversationConfigurationId: named });
    expect((await onlyConversation()).configurationId).toBe(configurationId);
  });
});

describe('the type of a call', () => {
  it.each<[string, Record<string, string>, string]>([
    ['PSTN by default', { From: '+12025550123', To: 'PSTN' }, 'PSTN'],
    ['CLIENT by its caller', { From: 'client:dana', To: 'CLIENT' }, 'CLIENT'],
    ['CLIENT by whom it calls', { From: '+12025550123', To: 'client:CLIENT' }, 'CLIENT'],
    ['SIP by its caller', { From: 'sip:dana@example.com', To: 'SIP' }, 'SIP'],
    ['what the callback says', { From: '+12025550123', To: 'said', CallType: 'public_sip' }, 'SIP'],
  ])('is %s', async (_how, { To = '', ...rest }, expected) => {
    const configurations = new Map<string, string>();
    for (const callType of ['PSTN', 'CLIENT', 'SIP']) {
      const rules = [{ from: '*', to: To, metadata: { callType } }];
      const id = await createConfiguration(client, { channelSettings: { VOICE: { captureRules: rules } } });
      configurations.set(id, callType);
    }
    await receive(started(), { To, ...rest });
    const conversation = await onlyConversation();
    expect(configurations.get(conversation.configurationId ?? '')).toBe(expected);
  });

  it('leaves clients without a profile, since they are no telephone numbers', async () => {
    const owner = uniqueCustomer();
    const rules = [{ from: '*', to: owner, metadata: { callType: 'CLIENT' } }];
    await createConfiguration(client, { channelSettings: { VOICE: { captureRules: rules } } });
    await receive(started(), { From: 'client:dana', To: owner });
    const [dana] = (await onlyConversation()).participants;
    expect([dana?.type, dana?.profileId]).toEqual(['CUSTOMER', undefined]);
  });
});

describe('a callback that is none', () => {
  it.each<[string, Form, string]>([
    ['without an event', { TranscriptionEvent: [] }, 'TranscriptionEvent'],
    ['without a call', { CallSid: [] }, 'CallSid'],
    ['without a transcription', { TranscriptionSid: [] }, 'TranscriptionSid'],
    ['without its place in the transcription', { SequenceId: [] }, 'SequenceId'],
    ['without data', { TranscriptionData: [] }, 'TranscriptionData'],
    ['with data that are not JSON', { TranscriptionData: '{' }, 'TranscriptionData'],
    ['with data without a transcript', { TranscriptionData: 'null' }, 'TranscriptionData'],
  ])('is refused %s', async (_what, changes, said) => {
    const reply = await postForm(server, webhook, fragment('hello', { ...ends, ...changes }));
    expect(reply.status).toBe(400);
    expect((reply.body as { message: string }).message).toContain(said);
    expect(await conversationsOfCall()).toEqual([]);
  });
});
