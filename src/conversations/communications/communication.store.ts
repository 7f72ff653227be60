import {
  type CommunicationRow,
  decodeJson,
  encodeJson,
  fetchPage,
  type Page,
  type PageRequest,
  prepared,
  type Reader,
  type Tx,
} from '../../storage/index.ts';
import type { AddressChannel } from '../address.ts';
import type { ConversationRef } from '../conversations/index.ts';

/** Who said something, or to whom, and where. */
export interface Party {
  readonly address: string;
  readonly channel: AddressChannel;
  readonly participantId: string;
}

export type DeliveryStatus = 'INITIATED' | 'IN_PROGRESS' | 'DELIVERED' | 'READ' | 'COMPLETED' | 'FAILED';

export interface Recipient extends Party {
  /** Left out while unknown. */
  readonly deliveryStatus?: DeliveryStatus;
}

export interface Content {
  readonly type: 'TEXT' | 'TRANSCRIPTION';
  readonly text: string;
  readonly transcription?: {
    readonly channel?: number;
    readonly confidence?: number;
    readonly engine?: string;
    readonly words?: { text: string; startTime?: string; endTime?: string }[];
  };
}

/** One message or one transcribed utterance. Times in milliseconds. */
export interface Communication {
  readonly id: string;
  readonly conversationId: string;
  readonly accountId: string;
  readonly author: Party;
  readonly content: Content;
  readonly recipients: readonly Recipient[];
  readonly channelId: string | undefined;
  /** The provider's id of the message; unique in the conversation. */
  readonly resourceId: string | undefined;
  readonly occurredAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export async function insertCommunication(tx: Tx, communication: Communication): Promise<void> {
  await insertRow(tx, toRow(communication));
}

const insertRow = prepared((tx: Tx, row: CommunicationRow) => tx.insertInto('communications').values(row));

export async function updateCommunicationRow(tx: Tx, communication: Communication): Promise<void> {
  const { account_id, conversation_id, id, ...changes } = toRow(communication);
  await tx
    .updateTable('communications')
    .set(changes)
    .where('account_id', '=', account_id)
    .where('conversation_id', '=', conversation_id)
    .where('id', '=', id)
    .execute();
}

export async function findCommunication(
  reader: Reader,
  { accountId, conversationId }: ConversationRef,
  key: { column: 'id' | 'resource_id'; value: string },
): Promise<Communication | undefined> {
  const row = await reader
    .selectFrom('communications')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId)
    .where(key.column, '=', key.value)
    .executeTakeFirst();
  return row && fromRow(row);
}

/** Key of the lock under which a message that may come from several sides, by its provider's id, is recorded once. */
export function resourceLock(accountId: string, resourceId: string): string {
  return `captured:${accountId}:${resourceId}`;
}

/** A communication with the provider's id, and where it is. */
export interface ResourcePlace {
  readonly communicationId: string;
  readonly conversationId: string;
  readonly configurationId: string;
}

/** Where in the account a message or utterance was recorded, also in CLOSED conversations; configuration by configuration. */
export async function listPlacesOfResource(
  reader: Reader,
  accountId: string,
  resourceId: string,
): Promise<ResourcePlace[]> {
  const known = await reader
    .selectFrom('communications')
    .select('id')
    .where('account_id', '=', accountId)
    .where('resource_id', '=', resourceId)
    .limit(1)
    .executeTakeFirst();
  // Nearly all that is asked for is new.
  if (!known) return [];
  return reader
    .selectFrom('communications')
    .innerJoin('conversations', (join) =>
      join
        .onRef('conversations.account_id', '=', 'communications.account_id')
        .onRef('conversations.id', '=', 'communications.conversation_id'),
    )
    .select([
      'communications.id as communicationId',
      'communications.conversation_id as conversationId',
      'conversations.configuration_id as configurationId',
    ])
    .where('communications.account_id', '=', accountId)
    .where('communications.resource_id', '=', resourceId)
    .orderBy('conversations.configuration_id')
    .orderBy('communications.conversation_id')
    .execute();
}

export async function listCommunicationPage(
  reader: Reader,
  { accountId, conversationId, channelId }: ConversationRef & { channelId: string | undefined },
  page: PageRequest,
): Promise<Page<Communication>> {
  let query = reader
    .selectFrom('communications')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId);
  if (channelId !== undefined) query = query.where('channel_id', '=', channelId);
  const rows = await fetchPage(query, ['id'], page);
  return { ...rows, items: rows.items.map(fromRow) };
}

/** All communications of a conversation, oldest first by when they happened. */
export async function listCommunicationsInOrder(
  reader: Reader,
  { accountId, conversationId }: ConversationRef,
): Promise<Communication[]> {
  const rows = await reader
    .selectFrom('communications')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId)
    .orderBy('occurred_at')
    .orderBy('id')
    .execute();
  return rows.map(fromRow);
}

/** The newest `limit` communications recorded in a span of time (milliseconds, the end excluded), newest first. */
export async function listLatestCommunications(
  reader: Reader,
  { accountId, conversationId }: ConversationRef,
  { limit, beginMs, endMs }: { limit: number; beginMs?: number | undefined; endMs?: number | undefined },
): Promise<Communication[]> {
  let query = reader
    .selectFrom('communications')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId)
    .orderBy('id', 'desc')
    .limit(limit);
  if (beginMs !== undefined) query = query.where('created_at', '>=', beginMs);
  if (endMs !== undefined) query = query.where('created_at', '<', endMs);
  return (await query.execute()).map(fromRow);
}

function toRow(communication: Communication): CommunicationRow {
  return {
    account_id: communication.accountId,
    conversation_id: communication.conversationId,
    id: communication.id,
    author_json: encodeJson(communication.author),
    content_json: encodeJson(communication.content),
    recipients_json: encodeJson(communication.recipients),
    channel_id: communication.channelId ?? null,
    resource_id: communication.resourceId ?? null,
    occurred_at: communication.occurredAt,
    created_at: communication.createdAt,
    updated_at: communication.updatedAt,
  };
}

function fromRow(row: CommunicationRow): Communication {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    accountId: row.account_id,
    author: decodeJson<Party>(row.author_json),
    content: decodeJson<Content>(row.content_json),
    recipients: decodeJson<Recipient[]>(row.recipients_json),
    channelId: row.channel_id ?? undefined,
    resourceId: row.resource_id ?? undefined,
    occurredAt: row.occurred_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
