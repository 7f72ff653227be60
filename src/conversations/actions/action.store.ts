import { sql } from 'kysely';
import type { MessageContent, SendChannel } from '../../senders/index.ts';
import {
  type ActionMessageRow,
  type ActionRow,
  decodeJson,
  encodeJson,
  type Reader,
  type Tx,
} from '../../storage/index.ts';
import type { DeliveryStatus, Party } from '../communications/index.ts';
import type { ConversationRef } from '../conversations/index.ts';

/** A message as an action has it, with its parties found. */
export interface ActionPayload {
  readonly from: Party;
  readonly to: readonly Party[];
  readonly channel: SendChannel;
  readonly content: MessageContent;
  readonly channelSettings: Readonly<Record<string, unknown>>;
  /** Of the API request that asked for it: the events that follow bear it too. */
  readonly requestId: string | undefined;
}

/** Something done on a caller's behalf. Times in milliseconds. */
export interface Action {
  readonly id: string;
  readonly accountId: string;
  readonly conversationId: string;
  /** As the caller wrote it. */
  readonly type: string;
  readonly payload: ActionPayload;
  readonly status: 'PENDING' | 'COMPLETED' | 'FAILED';
  /** Of the first message that was sent. */
  readonly messageSid: string | undefined;
  readonly communicationId: string | undefined;
  readonly failureReason: string | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly completedAt: number | undefined;
}

/** One of the messages of an action; `index` is its recipient's, or 0 for one that goes to all of them. */
export interface ActionMessage {
  readonly index: number;
  readonly state: ActionMessageRow['state'];
  readonly messageSid: string | undefined;
  readonly error: string | undefined;
  /** How often the sender was called for it. */
  readonly attempts: number;
  readonly deliveryStatus: DeliveryStatus | undefined;
  /** Milliseconds; in state `sending` the time at which the sender was called. */
  readonly updatedAt: number;
}

/** In the text of queries, so that SQLite can match it to the condition of the partial index. */
const pending = sql.lit<ActionRow['status']>('PENDING');

export async function insertAction(
  tx: Tx,
  action: Action,
  messages: readonly ActionMessage[],
): Promise<void> {
  await tx.insertInto('actions').values(toRow(action)).execute();
  await tx
    .insertInto('action_messages')
    .values(messages.map((message) => toMessageRow(action, message)))
    .execute();
}

export async function findAction(
  reader: Reader,
  ref: ConversationRef,
  id: string,
): Promise<Action | undefined> {
  const row = await actionsOf(reader, ref).where('id', '=', id).executeTakeFirst();
  return row && withMessageSid(row, await listMessages(reader, ref, id));
}

/** Of the actions of the conversation that have not ended the first. */
export async function findPendingAction(reader: Reader, ref: ConversationRef): Promise<Action | undefined> {
  const row = await actionsOf(reader, ref)
    .where('status', '=', pending)
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst();
  return row && withMessageSid(row, await listMessages(reader, ref, row.id));
}

/** When the last of the actions that have not ended was created; undefined when there are none. */
export async function findLastPendingTime(reader: Reader, ref: ConversationRef): Promise<number | undefined> {
  const row = await reader
    .selectFrom('actions')
    .select((eb) => eb.fn.max('created_at').as('last'))
    .where('conversation_id', '=', ref.conversationId)
    .where('account_id', '=', ref.accountId)
    .where('status', '=', pending)
    .executeTakeFirst();
  return row?.last ?? undefined;
}

function actionsOf(reader: Reader, { accountId, conversationId }: ConversationRef) {
  return reader
    .selectFrom('actions')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('account_id', '=', accountId);
}

export async function updateAction(tx: Tx, action: Action): Promise<void> {
  const { account_id, conversation_id, id, ...changes } = toRow(action);
  await tx
    .updateTable('actions')
    .set(changes)
    .where('conversation_id', '=', conversation_id)
    .where('id', '=', id)
    .where('account_id', '=', account_id)
    .execute();
}

/** The messages of an action, in the order of their recipients. */
export async function listMessages(
  reader: Reader,
  { accountId, conversationId }: ConversationRef,
  actionId: string,
): Promise<ActionMessage[]> {
  const rows = await reader
    .selectFrom('action_messages')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('action_id', '=', actionId)
    .where('account_id', '=', accountId)
    .orderBy('recipient')
    .execute();
  return rows.map(fromMessageRow);
}

export async function updateMessage(
  tx: Tx,
  action: Pick<Action, 'accountId' | 'conversationId' | 'id'>,
  message: ActionMessage,
): Promise<void> {
  const { account_id, conversation_id, action_id, recipient, ...changes } = toMessageRow(action, message);
  await tx
    .updateTable('action_messages')
    .set(changes)
    .where('conversation_id', '=', conversation_id)
    .where('action_id', '=', action_id)
    .where('recipient', '=', recipient)
    .where('account_id', '=', account_id)
    .execute();
}

/** Those of the SIDs that messages of the account have. */
export async function findTakenSids(
  reader: Reader,
  accountId: string,
  messageSids: readonly string[],
): Promise<Set<string>> {
  if (messageSids.length === 0) return new Set();
  const rows = await reader
    .selectFrom('action_messages')
    .select('message_sid')
    .where('account_id', '=', accountId)
    .where('message_sid', 'in', messageSids)
    .execute();
  return new Set(rows.flatMap(({ message_sid: sid }) => sid ?? []));
}

function toRow(action: Action): ActionRow {
  return {
    account_id: action.accountId,
    conversation_id: action.conversationId,
    id: action.id,
    type: action.type,
    payload_json: encodeJson(action.payload),
    status: action.status,
    communication_id: action.communicationId ?? null,
    failure_reason: action.failureReason ?? null,
    created_at: action.createdAt,
    updated_at: action.updatedAt,
    completed_at: action.completedAt ?? null,
  };
}

function withMessageSid(row: ActionRow, messages: readonly ActionMessage[]): Action {
  return {
    id: row.id,
    accountId: row.account_id,
    conversationId: row.conversation_id,
    type: row.type,
    payload: decodeJson<ActionPayload>(row.payload_json),
    status: row.status,
    messageSid: messages.find(({ messageSid }) => messageSid !== undefined)?.messageSid,
    communicationId: row.communication_id ?? undefined,
    failureReason: row.failure_reason ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    completedAt: row.completed_at ?? undefined,
  };
}

function toMessageRow(
  { accountId, conversationId, id }: Pick<Action, 'accountId' | 'conversationId' | 'id'>,
  message: ActionMessage,
): ActionMessageRow {
  return {
    account_id: accountId,
    conversation_id: conversationId,
    action_id: id,
    recipient: message.index,
    state: message.state,
    message_sid: message.messageSid ?? null,
    error: message.error ?? null,
    updated_at: message.updatedAt,
    attempts: message.attempts,
    delivery_status: message.deliveryStatus ?? null,
  };
}

function fromMessageRow(row: ActionMessageRow): ActionMessage {
  return {
    index: row.recipient,
    state: row.state,
    messageSid: row.message_sid ?? undefined,
    error: row.error ?? undefined,
    attempts: row.attempts,
    // Written as one.
    deliveryStatus: (row.delivery_status as DeliveryStatus | null) ?? undefined,
    updatedAt: row.updated_at,
  };
}
