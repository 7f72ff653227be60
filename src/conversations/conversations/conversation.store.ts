import {
  type ConversationRow,
  fetchPage,
  type GroupingKeyRow,
  type Page,
  type PageRequest,
  prepared,
  type Reader,
  type Tx,
} from '../../storage/index.ts';

/** Names a conversation of an account. */
export interface ConversationRef {
  readonly accountId: string;
  readonly conversationId: string;
}

export async function insertConversation(tx: Tx, conversation: ConversationRow): Promise<void> {
  await tx.insertInto('conversations').values(conversation).execute();
}

export async function findConversationRow(
  reader: Reader,
  { accountId, conversationId }: ConversationRef,
): Promise<ConversationRow | undefined> {
  const [row] = await selectConversation(reader, { accountId, conversationId });
  return row;
}

const selectConversation = prepared(
  (reader, { accountId, conversationId }: Record<keyof ConversationRef, string>) =>
    reader
      .selectFrom('conversations')
      .selectAll()
      .where('account_id', '=', accountId)
      .where('id', '=', conversationId),
);

export interface ConversationFilter {
  readonly accountId: string;
  /** Empty for every status. */
  readonly statuses: readonly ConversationRow['status'][];
  readonly channelId: string | undefined;
}

export async function listConversationRows(
  reader: Reader,
  { accountId, statuses, channelId }: ConversationFilter,
  page: PageRequest,
): Promise<Page<ConversationRow>> {
  let query = reader.selectFrom('conversations').selectAll().where('account_id', '=', accountId);
  if (statuses.length > 0) query = query.where('status', 'in', statuses);
  if (channelId !== undefined) {
    query = query.where('id', 'in', (eb) =>
      eb
        .selectFrom('conversation_channel_ids')
        .select('conversation_id')
        .where('account_id', '=', accountId)
        .where('channel_id', '=', channelId),
    );
  }
  return fetchPage(query, ['id'], page);
}

export async function updateConversationRow(tx: Tx, conversation: ConversationRow): Promise<void> {
  await updateRow(tx, conversation);
}

const updateRow = prepared((tx: Tx, { account_id, id, ...changes }: ConversationRow) =>
  tx.updateTable('conversations').set(changes).where('account_id', '=', account_id).where('id', '=', id),
);

/** Notes where and when something was said last. */
export const updateChannelActivity = prepared(
  (tx: Tx, { account_id, id, channel_activity_json }: ChannelActivity) =>
    tx
      .updateTable('conversations')
      .set({ channel_activity_json })
      .where('account_id', '=', account_id)
      .where('id', '=', id),
);

type ChannelActivity = Pick<ConversationRow, 'account_id' | 'id' | 'channel_activity_json'>;

/** Moves `extracted_through` on; false when it is not, or no longer, at `from`. */
export async function updateExtractedThrough(
  tx: Tx,
  {
    accountId,
    conversationId,
    from,
    through,
  }: ConversationRef & { from: string | undefined; through: string },
): Promise<boolean> {
  const result = await tx
    .updateTable('conversations')
    .set({ extracted_through: through })
    .where('account_id', '=', accountId)
    .where('id', '=', conversationId)
    .where('extracted_through', from === undefined ? 'is' : '=', from ?? null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Deletes the row of the conversation, and with it the conversation for everybody who asks. */
export async function deleteConversationRow(
  tx: Tx,
  { accountId, conversationId }: ConversationRef,
): Promise<void> {
  await tx
    .deleteFrom('conversations')
    .where('account_id', '=', accountId)
    .where('id', '=', conversationId)
    .execute();
}

/** The newest conversation, other than the one named, that holds one of the grouping keys. */
export async function findKeyHolder(
  reader: Reader,
  { accountId, conversationId }: ConversationRef,
  { configurationId, keys }: { configurationId: string; keys: readonly string[] },
): Promise<string | undefined> {
  if (keys.length === 0) return undefined;
  const row = await reader
    .selectFrom('grouping_keys')
    .select('conversation_id')
    .where('account_id', '=', accountId)
    .where('configuration_id', '=', configurationId)
    .where('grouping_key', 'in', keys)
    .where('conversation_id', '<>', conversationId)
    .orderBy('conversation_id', 'desc')
    .executeTakeFirst();
  return row?.conversation_id;
}

/** A conversation and the configuration that it was created by. */
export interface ConversationPlace {
  readonly conversationId: string;
  readonly configurationId: string;
}

/** The newest conversations in which a call or chat was seen. */
export async function listInChannel(
  reader: Reader,
  accountId: string,
  channelId: string,
  { limit, isLive = false, configurationId }: { limit: number; isLive?: boolean; configurationId?: string },
): Promise<ConversationPlace[]> {
  let query = reader
    .selectFrom('conversation_channel_ids')
    .innerJoin('conversations', (join) =>
      join
        .onRef('conversations.account_id', '=', 'conversation_channel_ids.account_id')
        .onRef('conversations.id', '=', 'conversation_channel_ids.conversation_id'),
    )
    .select(['conversations.id as conversationId', 'conversations.configuration_id as configurationId'])
    .where('conversation_channel_ids.account_id', '=', accountId)
    .where('conversation_channel_ids.channel_id', '=', channelId)
    .orderBy('conversations.id', 'desc')
    .limit(limit);
  if (isLive) query = query.where('conversations.status', '<>', 'CLOSED');
  if (configurationId !== undefined) {
    query = query.where('conversations.configuration_id', '=', configurationId);
  }
  return query.execute();
}

/** Makes a conversation findable by the keys; those it has already stay. */
export async function insertKeys(tx: Tx, keys: readonly GroupingKeyRow[]): Promise<void> {
  if (keys.length === 0) return;
  await tx
    .insertInto('grouping_keys')
    .values(keys)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Takes the conversation's keys away, but for those it keeps. */
export async function deleteKeys(
  tx: Tx,
  { accountId, conversationId }: ConversationRef,
  kept: readonly string[] = [],
): Promise<void> {
  let query = tx
    .deleteFrom('grouping_keys')
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId);
  if (kept.length > 0) query = query.where('grouping_key', 'not in', kept);
  await query.execute();
}

/** Makes the conversation findable by these channel resources. */
export async function insertChannelIds(
  tx: Tx,
  { accountId, conversationId }: ConversationRef,
  channelIds: readonly string[],
): Promise<void> {
  if (channelIds.length === 0) return;
  const rows = [...new Set(channelIds)].map((channelId) => ({
    account_id: accountId,
    channel_id: channelId,
    conversation_id: conversationId,
  }));
  await tx
    .insertInto('conversation_channel_ids')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Forgets those of the channel resources that no address and no communication of the conversation names any more. */
export async function deleteUnusedChannelIds(
  tx: Tx,
  { accountId, conversationId }: ConversationRef,
  channelIds: readonly string[],
): Promise<void> {
  if (channelIds.length === 0) return;
  await tx
    .deleteFrom('conversation_channel_ids')
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId)
    .where('channel_id', 'in', channelIds)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('participant_addresses')
            .select('position')
            .where('participant_addresses.account_id', '=', accountId)
            .where('participant_addresses.conversation_id', '=', conversationId)
            .whereRef('participant_addresses.channel_id', '=', 'conversation_channel_ids.channel_id'),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('communications')
            .select('id')
            .where('communications.account_id', '=', accountId)
            .where('communications.conversation_id', '=', conversationId)
            .whereRef('communications.channel_id', '=', 'conversation_channel_ids.channel_id'),
        ),
      ),
    )
    .execute();
}
