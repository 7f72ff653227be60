import type { AsyncCommand } from 'fast-check';
import { expect } from 'vitest';
import {
  type Address,
  addParticipant,
  type CapturedMessage,
  type Conversation,
  captureMessage,
  createConversation,
  deleteConversation,
  eraseProfile,
  type Message,
  type Model,
  moveConversation,
  type Outcome,
  type Party,
  pass,
  recordMessage,
  replaceParticipant,
  type Status,
} from './conversation-model.ts';
import {
  expectedOf,
  listConversations,
  listResourceIds,
  type Served,
  seenOf,
} from './served-conversations.ts';

export type Command = AsyncCommand<Model, Served>;

export const minuteMs = 60_000;

/** Something that a caller does: what it is to the model, and what is sent for it. */
interface Step {
  readonly text: string;
  /** How many conversations are newer than the one that it is done to; left out when it is done to none. */
  readonly newer?: number;
  /** Position of the participant that it is done to. */
  readonly participant?: number;
  play(model: Model, conversation: Conversation): Outcome;
  send(served: Served, conversationId: string, participantId: string): Promise<Reply>;
}
type Reply = Awaited<ReturnType<Served['request']>>;

function command({ text, newer, participant, play, send }: Step): Command {
  const find = ({ conversations }: Model) => (newer === undefined ? undefined : conversations.at(-1 - newer));
  return {
    toString: () => `\n  ${text}`,
    check: (model) => {
      if (newer === undefined) return true;
      const conversation = find(model);
      if (conversation === undefined || conversation.isDeleted) return false;
      return participant === undefined || conversation.participants[participant] !== undefined;
    },
    run: async (model, served) => {
      const conversation = find(model);
      const id = served.conversationIds[(conversation?.number ?? 0) - 1] ?? '';
      const { participants = [] } = served.listed.find((one) => one.id === id) ?? {};
      // Those that are done to a conversation were checked to have one.
      const outcome = play(model, conversation as Conversation);
      const reply = await send(served, id, participants[participant ?? 0]?.id ?? '');
      expectReply(served, outcome, reply, participants);
      pass(model, 0);
      await expectSame(model, served);
      if ('seats' in outcome) expectSeats(outcome.seats, reply, served);
      if (conversation) await expectSaid(served, conversation);
    },
  };
}

/** Everything that the server lists is as the model has it. */
async function expectSame(model: Model, served: Served): Promise<void> {
  await served.server.current().idle();
  const expected = expectedOf(model);
  await listConversations(served);
  expect(seenOf(served, expected)).toEqual(expected);
}

/** Those who said and heard something are the participants at these positions. */
function expectSeats(seats: readonly number[], { body }: Reply, { listed }: Served): void {
  const { conversationId, author, recipients } = body as {
    conversationId: string;
    author: { participantId: string };
    recipients: { participantId: string }[];
  };
  const { participants = [] } = listed.find(({ id }) => id === conversationId) ?? {};
  const seated = [author, ...recipients].map(({ participantId }) => participantId);
  expect(seats.map((at) => participants[at]?.id)).toEqual(seated);
}

/** What was said in every conversation, which is too much to ask after each command. */
export async function expectAllSaid(model: Model, served: Served): Promise<void> {
  for (const conversation of model.conversations) await expectSaid(served, conversation);
}

async function expectSaid(served: Served, { number, said, isDeleted }: Conversation): Promise<void> {
  if (isDeleted) return;
  const resourceIds = said.map(({ resourceId }) => resourceId).reverse();
  expect(await listResourceIds(served, number)).toEqual(resourceIds);
}

function expectReply(
  served: Served,
  outcome: Outcome,
  { status, headers, body }: Reply,
  participants: readonly { readonly id: string }[],
): void {
  expect(status, JSON.stringify(body)).toBe(outcome.status);
  const conflicting = headers.get('X-Conflicting-Resource-Id') ?? undefined;
  if ('conversation' in outcome) {
    expect(conflicting).toBe(served.conversationIds[outcome.conversation - 1]);
  } else if ('participants' in outcome) {
    expect(outcome.participants.map((at) => participants[at]?.id)).toContain(conflicting);
  } else {
    expect(conflicting).toBeUndefined();
  }
}

const addressesOf = (addresses: readonly Address[]) =>
  addresses.map(({ channel, address }) => `${channel} ${address}`).join(' + ');
const nameOf = (newer: number) => `the newest conversation${newer > 0 ? ` but ${newer}` : ''}`;
const textOf = ({ type, addresses }: Party) => `${type} (${addressesOf(addresses)})`;

export function create(configuration: number, parties: readonly Party[]): Command {
  return command({
    text: `create in configuration ${configuration}: ${parties.map(textOf).join(', ') || 'nobody'}`,
    play: (model) => createConversation(model, configuration % model.configurations.length, parties),
    send: async (served) => {
      const at = configuration % served.configurationIds.length;
      const configurationId = served.configurationIds[at];
      return served.request('POST', '/v2/Conversations', { configurationId, participants: parties });
    },
  });
}

export function move(newer: number, method: 'PUT' | 'PATCH', status: Status): Command {
  return command({
    text: `${method} ${nameOf(newer)}: ${status}`,
    newer,
    play: (model, moved) => moveConversation(model, moved, status),
    send: (served, id) => served.request(method, `/v2/Conversations/${id}`, { status }),
  });
}

export function remove(newer: number): Command {
  return command({
    text: `DELETE ${nameOf(newer)}`,
    newer,
    play: (_model, deleted) => deleteConversation(deleted),
    send: (served, id) => served.request('DELETE', `/v2/Conversations/${id}`),
  });
}

export function erase(profile: number): Command {
  return {
    toString: () => `\n  erase profile ${profile}`,
    check: ({ profiles }) => [...profiles.byIdentity.values()].includes(profile),
    run: async (model, served) => {
      const [profileId] = [...served.profiles].find(([, number]) => number === profile) ?? [];
      const { status } = eraseProfile(model, profile);
      const path = `/v1/Stores/${served.memoryStoreId}/Profiles/${profileId}`;
      expect((await served.request('DELETE', path)).status).toBe(status);
      await expectSame(model, served);
    },
  };
}

export function add(newer: number, party: Party): Command {
  return command({
    text: `add to ${nameOf(newer)}: ${textOf(party)}`,
    newer,
    play: (model, joined) => addParticipant(model, joined, party),
    send: (served, id) => served.request('POST', `/v2/Conversations/${id}/Participants`, party),
  });
}

export function replace(newer: number, participant: number, party: Party): Command {
  return command({
    text: `replace participant ${participant} of ${nameOf(newer)}: ${textOf(party)}`,
    newer,
    participant,
    play: (model, changed) => replaceParticipant(model, changed, participant, party),
    send: (served, id, participantId) =>
      served.request('PUT', `/v2/Conversations/${id}/Participants/${participantId}`, party),
  });
}

export function record(newer: number, message: Message): Command {
  const { author, recipient, resourceId, minutesAgo } = message;
  const details = `${resourceId ?? 'no id'}, ${minutesAgo} minutes ago`;
  return command({
    text: `record in ${nameOf(newer)}: ${addressesOf([author])} to ${addressesOf([recipient])}, ${details}`,
    newer,
    play: (model, heard) => recordMessage(model, heard, message),
    send: (served, id) =>
      served.request('POST', `/v2/Conversations/${id}/Communications`, {
        author,
        recipients: [recipient],
        content: { type: 'TEXT', text: 'hello' },
        resourceId: resourceId && served.prefix + resourceId,
        occurredAt: new Date(served.server.current().context.clock.now() - minutesAgo * minuteMs),
      }),
  });
}

export function capture(message: CapturedMessage, deliveries: number): Command {
  const { from, to, resourceId } = message;
  const text = `${resourceId}, ${addressesOf([from])} to ${to.address}`;
  return {
    toString: () => `\n  capture ${text}${deliveries > 1 ? `, delivered ${deliveries} times at once` : ''}`,
    check: () => true,
    run: async (model, served) => {
      const conversations = captureMessage(model, message);
      const deliver = () => deliverMessage(served, message);
      const replies = await Promise.all(Array.from({ length: deliveries }, deliver));
      expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
      pass(model, 0);
      await expectSame(model, served);
      for (const conversation of conversations) await expectSaid(served, conversation);
    },
  };
}

/** As a webhook posts it. */
function deliverMessage(
  { server, prefix }: Served,
  { from, to, resourceId }: CapturedMessage,
): Promise<Reply> {
  const MessageSid = prefix + resourceId;
  const form = new URLSearchParams({ MessageSid, From: from.address, To: to.address, Body: 'hello' });
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return server.current().request('POST', '/rapport/v1/ingest/messages', form.toString(), headers);
}

export function wait(ms: number, isDown: boolean): Command {
  const text = `${ms / minuteMs} minutes${isDown ? ', in which the server is down' : ''}`;
  return {
    toString: () => `\n  ${text}`,
    check: () => true,
    run: async (model, served) => {
      pass(model, ms);
      if (isDown) await served.server.restart(ms);
      else await served.server.current().advance(ms / 1000);
      await expectSame(model, served);
    },
  };
}
