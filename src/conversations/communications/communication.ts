import { isDeepStrictEqual } from 'node:util';
import { errors } from '../../errors/index.ts';
import { toMs } from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import type { Page, PageRequest, Reader, Tx } from '../../storage/index.ts';
import {
  assertConversation,
  assertNotClosed,
  type ConversationContext,
  type ConversationRef,
  type ConversationState,
  deleteUnusedChannelIds,
  emitEvent,
  insertChannelIds,
  lockConversation,
  noteCommunication,
  reactivate,
  refOf,
} from '../conversations/index.ts';
import {
  type Communication,
  type Content,
  findCommunication,
  insertCommunication,
  listCommunicationPage,
  type Recipient,
  updateCommunicationRow,
} from './communication.store.ts';
import { type CommunicationCreate, type ContentInput, toWire } from './communication.wire.ts';
import { seatParties } from './parties.ts';

/** One page of the conversation's communications, newest first; 404 without the conversation. */
export async function listCommunications(
  reader: Reader,
  filter: ConversationRef & { channelId: string | undefined },
  page: PageRequest,
): Promise<Page<Communication>> {
  await assertConversation(reader, filter);
  return listCommunicationPage(reader, filter, page);
}

/** The communication; 404 when it, or the conversation, is not there. */
export async function getCommunication(
  reader: Reader,
  ref: ConversationRef,
  id: string,
): Promise<Communication> {
  await assertConversation(reader, ref);
  const communication = await findCommunication(reader, ref, { column: 'id', value: id });
  if (!communication) throw errors.notFound('Communication', id);
  return communication;
}

/**
 * Records what was said, in one transaction with all that follows from it: reactivation, participants who join, grouping keys,
 * findability and timers. Events tell of it in the order in which it happened. A known `resourceId` updates its communication,
 * which is nothing new and moves no timer; that is possible in a CLOSED conversation too, while anything else there is a 400.
 */
export async function recordCommunication(
  context: ConversationContext,
  ref: ConversationRef,
  draft: CommunicationCreate,
): Promise<Communication> {
  return context.db.transaction(async (tx) => {
    const state = await lockConversation(tx, context, ref);
    const known =
      draft.resourceId === undefined
        ? undefined
        : await findCommunication(tx, ref, { column: 'resource_id', value: draft.resourceId });
    if (known) return updateCommunication(tx, context, state, known, draft);
    assertNotClosed(state);
    return addCommunication(tx, context, state, draft);
  });
}

async function addCommunication(
  tx: Tx,
  context: ConversationContext,
  before: ConversationState,
  draft: CommunicationCreate,
): Promise<Communication> {
  const active = await reactivate(tx, context, before);
  const { state, parties } = await seatParties(tx, context, active, [draft.author, ...draft.recipients]);
  const [author, ...recipients] = parties;
  if (!author) throw new Error('a communication has an author');
  const now = context.clock.now();
  const communication: Communication = {
    id: context.ids.next('communication'),
    conversationId: state.row.id,
    accountId: state.row.account_id,
    author,
    content: toContent(draft.content),
    recipients,
    channelId: draft.channelId ?? undefined,
    resourceId: draft.resourceId,
    occurredAt: draft.occurredAt === undefined ? now : toMs('occurredAt', draft.occurredAt),
    createdAt: now,
    updatedAt: now,
  };
  await insertCommunication(tx, communication);
  await insertChannelIds(tx, refOf(state.row), channelIdsOf(communication));
  await noteCommunication(tx, context, state, {
    channel: author.channel,
    occurredAt: communication.occurredAt,
  });
  await emitEvent(tx, context, state, 'COMMUNICATION_CREATED', toWire(communication));
  return communication;
}

async function updateCommunication(
  tx: Tx,
  context: ConversationContext,
  before: ConversationState,
  known: Communication,
  draft: CommunicationCreate,
): Promise<Communication> {
  const { state, parties } = await seatParties(tx, context, before, [draft.author, ...draft.recipients]);
  const [author = known.author, ...recipients] = parties;
  const updated: Communication = {
    ...known,
    author,
    content: toContent(draft.content),
    recipients: recipients.map((recipient) => withDeliveryStatus(recipient, known.recipients)),
    channelId: draft.channelId === undefined ? known.channelId : (draft.channelId ?? undefined),
    occurredAt: draft.occurredAt === undefined ? known.occurredAt : toMs('occurredAt', draft.occurredAt),
  };
  // Redelivery of the same message is normal and changes nothing.
  if (isDeepStrictEqual(updated, known)) return known;
  const stamped = { ...updated, updatedAt: context.clock.now() };
  await updateCommunicationRow(tx, stamped);
  await insertChannelIds(tx, refOf(state.row), channelIdsOf(stamped));
  if (known.channelId !== stamped.channelId)
    await deleteUnusedChannelIds(tx, refOf(state.row), channelIdsOf(known));
  await emitEvent(tx, context, state, 'COMMUNICATION_UPDATED', toWire(stamped));
  return stamped;
}

/** An update says nothing of delivery, so what is known of it stays. */
function withDeliveryStatus(recipient: Recipient, known: readonly Recipient[]): Recipient {
  const same = known.find(
    ({ participantId, channel, address }) =>
      participantId === recipient.participantId &&
      channel === recipient.channel &&
      address === recipient.address,
  );
  return same?.deliveryStatus ? { ...recipient, deliveryStatus: same.deliveryStatus } : recipient;
}

function channelIdsOf({ channelId }: Communication): string[] {
  return channelId === undefined ? [] : [channelId];
}

function toContent({ type, text, transcription }: ContentInput): Content {
  if (type === 'TEXT' || !transcription) return { type, text };
  const { channel, confidence, engine, words } = transcription;
  return {
    type,
    text,
    transcription: {
      ...(channel === undefined ? {} : { channel }),
      ...(confidence === undefined ? {} : { confidence }),
      ...(engine === undefined ? {} : { engine }),
      ...(words === undefined ? {} : { words: words.map(toWord) }),
    },
  };
}

type Word = NonNullable<NonNullable<ContentInput['transcription']>['words']>[number];

function toWord({ text, startTime, endTime }: Word): Word {
  return {
    text,
    ...(startTime === undefined ? {} : { startTime: toTimestamp(toMs('startTime', startTime)) }),
    ...(endTime === undefined ? {} : { endTime: toTimestamp(toMs('endTime', endTime)) }),
  };
}
