import { errors } from '../../errors/index.ts';
import { listMergedInto } from '../../memory/index.ts';
import type { Context } from '../../runtime/context.ts';
import { type ConversationRow, decodeJson, encodeJson, type Reader, type Tx } from '../../storage/index.ts';
import type { ConfigurationSettings } from '../configurations/index.ts';
import { groupingKeys } from '../grouping.ts';
import { type ConversationStatus, type Life, nextTimedMove, noteActivity } from '../lifecycle.ts';
import { listParticipantsOf, type Participant } from '../participants/index.ts';
import { conversationTimer, extractConversation, extractionKey, timerKey } from './conversation.jobs.ts';
import {
  type ConversationRef,
  deleteKeys,
  deleteUnusedChannelIds,
  findConversationRow,
  findKeyHolder,
  insertChannelIds,
  insertKeys,
  updateChannelActivity,
  updateConversationRow,
} from './conversation.store.ts';
import { emitConversation } from './conversation-events.ts';

/** What writes to a conversation use. */
export type ConversationContext = Pick<
  Context,
  'db' | 'clock' | 'ids' | 'jobs' | 'log' | 'eventBell' | 'isAgentConnectCompatible'
> & {
  /** Of the API request that the write is for; left out in jobs. */
  readonly requestId?: string;
};

/** A conversation with the rows that change together with it. */
export interface ConversationState {
  readonly row: ConversationRow;
  /** The settings in force, pinned when the conversation was created. */
  readonly configuration: ConfigurationSettings;
  readonly participants: readonly Participant[];
}

/** The conversation of this account; undefined when there is none. */
export async function findConversation(
  reader: Reader,
  ref: ConversationRef,
): Promise<ConversationState | undefined> {
  const row = await findConversationRow(reader, ref);
  return row && toState(row, await listParticipantsOf(reader, ref.accountId, [row.id]));
}

/** The same; 404 when there is none. */
export async function getConversation(reader: Reader, ref: ConversationRef): Promise<ConversationState> {
  const state = await findConversation(reader, ref);
  if (!state) throw errors.notFound('Conversation', ref.conversationId);
  return state;
}

/** 404 when the account has no such conversation. */
export async function assertConversation(reader: Reader, ref: ConversationRef): Promise<void> {
  if (!(await findConversationRow(reader, ref))) throw errors.notFound('Conversation', ref.conversationId);
}

/** Nobody else writes to the conversation until the end of the transaction. */
async function hold(tx: Tx, { db }: Pick<Context, 'db'>, ref: ConversationRef): Promise<void> {
  await db.lock(tx, conversationLock(ref));
}

/** Key of the lock that whoever writes to the conversation holds. */
export function conversationLock({ conversationId }: ConversationRef): string {
  return `conversation:${conversationId}`;
}

/** The conversation, held until the end of the transaction: whoever writes to one starts with this. 404 when there is none. */
export async function lockConversation(
  tx: Tx,
  context: Pick<Context, 'db'>,
  ref: ConversationRef,
): Promise<ConversationState> {
  await hold(tx, context, ref);
  return getConversation(tx, ref);
}

/** The same; undefined when there is none. */
export async function holdConversation(
  tx: Tx,
  context: Pick<Context, 'db'>,
  ref: ConversationRef,
): Promise<ConversationState | undefined> {
  await hold(tx, context, ref);
  return findConversation(tx, ref);
}

/** Makes the move that time has brought, or waits on when something happened meanwhile. */
export async function followTimer(tx: Tx, context: ConversationContext, ref: ConversationRef): Promise<void> {
  await hold(tx, context, ref);
  const state = await findConversation(tx, ref);
  const move = state && nextTimedMove(lifeOf(state));
  if (!move) return;
  if (move.atMs <= context.clock.now()) await moveConversation(tx, context, state, move.status);
  else await armTimer(tx, context, state);
}

export function toState(row: ConversationRow, participants: readonly Participant[]): ConversationState {
  return { row, configuration: decodeJson<ConfigurationSettings>(row.configuration_json), participants };
}

export function refOf({ account_id, id }: ConversationRow): ConversationRef {
  return { accountId: account_id, conversationId: id };
}

/** 400 for a CLOSED conversation, to which nothing is added any more. */
export function assertNotClosed({ row }: ConversationState): void {
  if (row.status === 'CLOSED')
    throw errors.invalid('conversationId', 'the conversation is CLOSED and takes no more');
}

/**
 * Moves the conversation to another status, with everything that belongs to the move: a CLOSED one gives up its grouping keys
 * and its timer, one that became ACTIVE starts its timers anew, what was said is handed to extraction when it rests, and
 * CONVERSATION_UPDATED tells of it.
 */
export async function moveConversation(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  status: ConversationStatus,
): Promise<ConversationState> {
  const now = context.clock.now();
  const timersFrom = status === 'ACTIVE' ? now : state.row.timers_from;
  const row = { ...state.row, status, updated_at: now, timers_from: timersFrom };
  const moved = { ...state, row };
  await updateConversationRow(tx, row);
  if (status === 'CLOSED') await deleteKeys(tx, refOf(row));
  if (status !== 'ACTIVE' && state.configuration.memoryExtractionEnabled) {
    await context.jobs.enqueue(
      tx,
      extractConversation,
      { conversationId: row.id, trigger: status },
      { accountId: row.account_id, dedupeKey: extractionKey(row.id) },
    );
  }
  await armTimer(tx, context, moved);
  await emitConversation(tx, context, moved, 'CONVERSATION_UPDATED');
  return moved;
}

/** An INACTIVE conversation is ACTIVE again as soon as something is said in it, whoever says it. */
export async function reactivate(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
): Promise<ConversationState> {
  return state.row.status === 'INACTIVE' ? moveConversation(tx, context, state, 'ACTIVE') : state;
}

/** Sets the conversation's one timer to its next move, or takes it away. Where there is a next move, a timer is due by then. */
async function armTimer(tx: Tx, { jobs }: Pick<Context, 'jobs'>, state: ConversationState): Promise<void> {
  const { account_id: accountId, id: conversationId } = state.row;
  const move = nextTimedMove(lifeOf(state));
  if (!move) return jobs.cancel(tx, timerKey(conversationId));
  await jobs.enqueue(
    tx,
    conversationTimer,
    { conversationId },
    { accountId, dueAtMs: move.atMs, dedupeKey: timerKey(conversationId) },
  );
}

/**
 * Counts a new communication of a conversation that is ACTIVE: its timers start anew. That writes no job: the timer that is set
 * finds out when it fires, so that a conversation costs one write for each of its pauses rather than for each of its messages.
 */
export async function noteCommunication(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  { channel, occurredAt }: { channel: string; occurredAt: number },
): Promise<void> {
  const { row } = state;
  const now = context.clock.now();
  const activity = noteActivity(activityOf(row), { channel, occurredAt, now });
  const noted = { ...state, row: { ...row, channel_activity_json: encodeJson(activity) } };
  if (noted.row.channel_activity_json === row.channel_activity_json) return;
  await updateChannelActivity(tx, noted.row);
  if (!isTimedBy(state, noted, now)) await armTimer(tx, context, noted);
}

/**
 * Whether the timer of the state before does for the one after: it fires first, and then waits on (see `followTimer`). One that
 * should have fired by now may have been given up, and does not.
 */
function isTimedBy(before: ConversationState, after: ConversationState, now: number): boolean {
  const [armed, wanted] = [nextTimedMove(lifeOf(before)), nextTimedMove(lifeOf(after))];
  return armed !== undefined && wanted !== undefined && armed.atMs <= wanted.atMs && armed.atMs > now;
}

/** What happens when the new parties' grouping key is another conversation's: a 409 naming it, or both are found by it. */
export type OnSharedKey = 'refuse' | 'share';

/**
 * Follows a change of the participants: grouping keys, findability by channel resource, and the timer. The rows of the
 * participants are the caller's.
 */
export async function settleParticipants(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  participants: readonly Participant[],
  onSharedKey: OnSharedKey,
): Promise<ConversationState> {
  const settled = { ...state, participants };
  await claimKeys(tx, context, settled, state.participants, onSharedKey);
  await settleChannelIds(tx, refOf(state.row), state.participants, participants);
  return settleSilence(tx, context, settled, state.participants.length === 0);
}

/**
 * While nothing was said, the participants' channels decide which timers count, from the time at which the first participant
 * was there.
 */
async function settleSilence(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  wasEmpty: boolean,
): Promise<ConversationState> {
  if (Object.keys(activityOf(state.row)).length > 0) return state;
  const row = wasEmpty ? { ...state.row, timers_from: context.clock.now() } : state.row;
  if (row.timers_from !== state.row.timers_from) await updateConversationRow(tx, row);
  const settled = { ...state, row };
  await armTimer(tx, context, settled);
  return settled;
}

/**
 * Until the end of the transaction nobody else takes one of the keys. Whoever holds a conversation may ask for its keys, never
 * the other way round.
 */
export async function lockGroupingKeys(
  tx: Tx,
  { db }: Pick<Context, 'db'>,
  configurationId: string,
  keys: readonly string[],
): Promise<void> {
  await db.lock(tx, ...keys.map((key) => `conversation-key:${configurationId}:${key}`));
}

/** Follows a change of what is known of the participants of a conversation that is held, which grouping may look at. */
export async function renewKeys(tx: Tx, context: Pick<Context, 'db'>, ref: ConversationRef): Promise<void> {
  const state = await findConversation(tx, ref);
  if (state?.configuration.conversationGroupingType !== 'GROUP_BY_PROFILE') return;
  await claimKeys(tx, context, state, state.participants, 'share');
}

async function claimKeys(
  tx: Tx,
  { db }: Pick<Context, 'db'>,
  state: ConversationState,
  previous: readonly Participant[],
  onSharedKey: OnSharedKey,
): Promise<void> {
  const { row, configuration, participants } = state;
  const { account_id: accountId, id: conversationId, configuration_id: configurationId } = row;
  const ref = { accountId, conversationId };
  const keys = groupingKeys(configuration.conversationGroupingType, participants);
  await lockGroupingKeys(tx, { db }, configurationId, keys);
  if (onSharedKey === 'refuse') {
    // A key that the parties already had was settled when they came.
    const had = new Set(groupingKeys(configuration.conversationGroupingType, previous));
    const gained = [...keys, ...(await listFormerKeys(tx, state))].filter((key) => !had.has(key));
    const holder = await findKeyHolder(tx, ref, { configurationId, keys: gained });
    if (holder) throw errors.conflict('A live conversation has the same parties.', holder);
  }
  await deleteKeys(tx, ref, keys);
  await insertKeys(
    tx,
    keys.map((key) => ({
      account_id: accountId,
      configuration_id: configurationId,
      grouping_key: key,
      conversation_id: conversationId,
    })),
  );
}

/** Keys of the same customer under profiles that were merged into its own: conversations from before still have them. */
async function listFormerKeys(
  tx: Tx,
  { row, configuration, participants }: ConversationState,
): Promise<string[]> {
  const { conversationGroupingType, memoryStoreId: storeId } = configuration;
  const [customer, ...others] = participants.filter(({ type }) => type === 'CUSTOMER');
  if (conversationGroupingType !== 'GROUP_BY_PROFILE' || others.length > 0) return [];
  if (customer?.profileId === undefined) return [];
  const { profileId } = customer;
  const former = await listMergedInto(tx, { accountId: row.account_id, storeId, profileId });
  return former.flatMap((id) => groupingKeys(conversationGroupingType, [{ ...customer, profileId: id }]));
}

async function settleChannelIds(
  tx: Tx,
  ref: ConversationRef,
  before: readonly Participant[],
  after: readonly Participant[],
): Promise<void> {
  const had = channelIdsOf(before);
  const has = channelIdsOf(after);
  await insertChannelIds(
    tx,
    ref,
    [...has].filter((channelId) => !had.has(channelId)),
  );
  await deleteUnusedChannelIds(
    tx,
    ref,
    [...had].filter((channelId) => !has.has(channelId)),
  );
}

function channelIdsOf(participants: readonly Participant[]): Set<string> {
  return new Set(
    participants
      .flatMap(({ addresses }) => addresses.map(({ channelId }) => channelId))
      .filter((channelId) => channelId !== null),
  );
}

/** The part of a conversation that its lifecycle is decided from. */
function lifeOf({ row, configuration, participants }: ConversationState): Life {
  const timeouts = Object.entries(configuration.channelSettings).map(
    ([channel, { statusTimeouts }]) => [channel, statusTimeouts] as const,
  );
  return {
    status: row.status,
    createdAt: row.created_at,
    timersFrom: row.timers_from,
    activity: activityOf(row),
    channels: participants.flatMap(({ addresses }) => addresses.map(({ channel }) => channel)),
    timeouts: Object.fromEntries(timeouts),
  };
}

function activityOf(row: ConversationRow): Record<string, number> {
  return decodeJson<Record<string, number>>(row.channel_activity_json);
}
