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
  type DeliveryStatus,
  findCommunication,
  insertCommunication,
  listCommunicationPage,
  type Recipient,
  updateCommunicationRow,
} from './communication.store.ts';
import { type CommunicationCreate, type ContentInput, toWire } from './communication.wire.ts';
import { advanceStatus } from './delivery-status.ts';
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
  return context.db.transaction(async (tx) =>
    putCommunication(tx, context, await lockConversation(tx, context, ref), draft),
  );
}

/** What the server knows of a communication that no caller can say. */
export interface RecordOptions {
  /** By the position of the recipient; left out where nothing is known. */
  readonly deliveryStatuses?: readonly (DeliveryStatus | undefined)[];
  /** It is recorded in a CLOSED conversation too: it was on its way before the end. */
  readonly isLate?: boolean;
}

/** The same in the caller's transaction, which holds the conversation. */
export async function putCommunication(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  draft: CommunicationCreate,
  options: RecordOptions = {},
): Promise<Communication> {
  const { resourceId } = draft;
  const known =
    resourceId === undefined
      ? undefined
      : await findCommunication(tx, refOf(state.row), { column: 'resource_id', value: resourceId });
  if (known) return updateCommunication(tx, context, state, known, draft, options);
  if (!options.isLate) assertNotClosed(state);
  return addCommunication(tx, context, state, draft, options);
}

async function addCommunication(
  tx: Tx,
  context: ConversationContext,
  before: ConversationState,
  draft: CommunicationCreate,
  { deliveryStatuses = [] }: RecordOptions,
): Promise<Communication> {
  const active = await reactivate(tx, context, before);
  const { state, parties } = await seatParties(tx, context, active, [draft.author, ...draft.recipients]);
  const [author, ...recipients] = parties;
  if (!author) throw new Error('a communication has an author');
  return appendCommunication(tx, context, state, {
    author,
    recipients: recipients.map((recipient, at) => withDeliveryStatus(recipient, deliveryStatuses[at])),
    content: toContent(draft.content),
    channelId: draft.channelId ?? undefined,
    resourceId: draft.resourceId,
    occurredAt: draft.occurredAt === undefined ? undefined : toMs('occurredAt', draft.occurredAt),
  });
}

/** Something that was said by participants of the conversation. */
export interface Utterance
  extends Pick<Communication, 'author' | 'recipients' | 'content' | 'channelId' | 'resourceId'> {
  /** Milliseconds; now when left out. */
  readonly occurredAt?: number | undefined;
}

/**
 * Adds a communication to a conversation that is held and ACTIVE, with findability, timers and event. The caller has seen to it
 * that its `resourceId` is new to the conversation.
 */
export async function appendCommunication(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  { occurredAt, ...utterance }: Utterance,
): Promise<Communication> {
  const now = context.clock.now();
  const communication: Communication = {
    id: context.ids.next('communication'),
    conversationId: state.row.id,
    accountId: state.row.account_id,
    ...utterance,
    occurredAt: occurredAt ?? now,
    createdAt: now,
    updatedAt: now,
  };
  await insertCommunication(tx, communication);
  await insertChannelIds(tx, refOf(state.row), channelIdsOf(communication));
  await noteCommunication(tx, context, state, {
    channel: communication.author.channel,
    occurredAt: communication.occurredAt,
  });
  await emitEvent(tx, context, state, { type: 'COMMUNICATION_CREATED', data: toWire(communication) });
  return communication;
}

async function updateCommunication(
  tx: Tx,
  context: ConversationContext,
  before: ConversationState,
  known: Communication,
  draft: CommunicationCreate,
  { deliveryStatuses = [] }: RecordOptions,
): Promise<Communication> {
  const { state, parties } = await seatParties(tx, context, before, [draft.author, ...draft.recipients]);
  const [author = known.author, ...recipients] = parties;
  const updated: Communication = {
    ...known,
    author,
    content: toContent(draft.content),
    recipients: recipients.map((recipient, at) =>
      withDeliveryStatus(
        recipient,
        laterStatus(statusOfSame(recipient, known.recipients), deliveryStatuses[at]),
      ),
    ),
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
  await emitEvent(tx, context, state, { type: 'COMMUNICATION_UPDATED', data: toWire(stamped) });
  return stamped;
}

function withDeliveryStatus(recipient: Recipient, deliveryStatus: DeliveryStatus | undefined): Recipient {
  return deliveryStatus === undefined ? recipient : { ...recipient, deliveryStatus };
}

function laterStatus(
  known: DeliveryStatus | undefined,
  reported: DeliveryStatus | undefined,
): DeliveryStatus | undefined {
  return reported === undefined ? known : advanceStatus(known, reported);
}

/** An update that says nothing of delivery leaves what is known of it. */
function statusOfSame(recipient: Recipient, known: readonly Recipient[]): DeliveryStatus | undefined {
  const same = known.find(
    ({ participantId, channel, address }) =>
      participantId === recipient.participantId &&
      channel === recipient.channel &&
      address === recipient.address,
  );
  return same?.deliveryStatus;
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
