import {
  fetchPage,
  type Page,
  type PageRequest,
  type ParticipantAddressRow,
  type ParticipantRow,
  prepared,
  type Reader,
  type Tx,
} from '../../storage/index.ts';
import type { Participant } from './roster.ts';

/** The participants of these conversations, in the order in which they came. */
export async function listParticipantsOf(
  reader: Reader,
  accountId: string,
  conversationIds: readonly string[],
): Promise<Participant[]> {
  if (conversationIds.length === 0) return [];
  return withAddresses(reader, accountId, await selectParticipantsOf(reader, { accountId, conversationIds }));
}

/** Of an account, in these conversations. */
type InConversations = { readonly accountId: string; readonly conversationIds: readonly string[] };

const selectParticipantsOf = prepared((reader, { accountId, conversationIds }: InConversations) =>
  reader
    .selectFrom('participants')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('conversation_id', 'in', conversationIds)
    .orderBy('conversation_id')
    .orderBy('id'),
);

const selectAddressesOf = prepared((reader, values: InConversations) => addressesOf(reader, values));

const selectAddressesOfOne = prepared(
  (reader, { participantId, ...values }: InConversations & { readonly participantId: string }) =>
    addressesOf(reader, values).where('participant_id', '=', participantId),
);

function addressesOf(reader: Reader, { accountId, conversationIds }: InConversations) {
  return reader
    .selectFrom('participant_addresses')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('conversation_id', 'in', conversationIds)
    .orderBy('conversation_id')
    .orderBy('participant_id')
    .orderBy('position');
}

export async function listParticipantPage(
  reader: Reader,
  { accountId, conversationId }: { accountId: string; conversationId: string },
  page: PageRequest,
): Promise<Page<Participant>> {
  const rows = await fetchPage(
    reader
      .selectFrom('participants')
      .selectAll()
      .where('account_id', '=', accountId)
      .where('conversation_id', '=', conversationId),
    ['id'],
    page,
  );
  return { ...rows, items: await withAddresses(reader, accountId, rows.items) };
}

export async function findParticipant(
  reader: Reader,
  { accountId, conversationId }: { accountId: string; conversationId: string },
  id: string,
): Promise<Participant | undefined> {
  const row = await reader
    .selectFrom('participants')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && (await withAddresses(reader, accountId, [row]))[0];
}

export async function insertParticipants(tx: Tx, participants: readonly Participant[]): Promise<void> {
  if (participants.length === 0) return;
  await tx.insertInto('participants').values(participants.map(toRow)).execute();
  await insertAddresses(tx, participants);
}

export async function updateParticipantRow(tx: Tx, participant: Participant): Promise<void> {
  const { account_id, conversation_id, id, ...changes } = toRow(participant);
  await tx
    .updateTable('participants')
    .set(changes)
    .where('account_id', '=', account_id)
    .where('conversation_id', '=', conversation_id)
    .where('id', '=', id)
    .execute();
  await tx
    .deleteFrom('participant_addresses')
    .where('account_id', '=', account_id)
    .where('conversation_id', '=', conversation_id)
    .where('participant_id', '=', id)
    .execute();
  await insertAddresses(tx, [participant]);
}

async function insertAddresses(tx: Tx, participants: readonly Participant[]): Promise<void> {
  const rows = participants.flatMap(toAddressRows);
  if (rows.length > 0) await tx.insertInto('participant_addresses').values(rows).execute();
}

async function withAddresses(
  reader: Reader,
  accountId: string,
  rows: readonly ParticipantRow[],
): Promise<Participant[]> {
  const conversationIds = [...new Set(rows.map((row) => row.conversation_id))];
  if (conversationIds.length === 0) return [];
  const only = rows.length === 1 ? rows[0] : undefined;
  const found = only
    ? await selectAddressesOfOne(reader, { accountId, conversationIds, participantId: only.id })
    : await selectAddressesOf(reader, { accountId, conversationIds });
  const addresses = Map.groupBy(found, (address) => address.participant_id);
  return rows.map((row) => fromRow(row, addresses.get(row.id) ?? []));
}

function toRow(participant: Participant): ParticipantRow {
  return {
    account_id: participant.accountId,
    conversation_id: participant.conversationId,
    id: participant.id,
    name: participant.givenName,
    type: participant.type,
    profile_id: participant.profileId ?? null,
    created_at: participant.createdAt,
    updated_at: participant.updatedAt,
  };
}

function toAddressRows(participant: Participant): ParticipantAddressRow[] {
  return participant.addresses.map(({ channel, address, channelId }, position) => ({
    account_id: participant.accountId,
    conversation_id: participant.conversationId,
    participant_id: participant.id,
    position,
    channel,
    address,
    channel_id: channelId,
  }));
}

function fromRow(row: ParticipantRow, addresses: readonly ParticipantAddressRow[]): Participant {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    accountId: row.account_id,
    givenName: row.name,
    type: row.type,
    profileId: row.profile_id ?? undefined,
    addresses: addresses.map(({ channel, address, channel_id }) => ({
      channel,
      address,
      channelId: channel_id,
    })),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Takes profiles out of the participants that name them. */
export async function forgetProfiles(
  tx: Tx,
  accountId: string,
  profileIds: readonly string[],
  max: number,
): Promise<number> {
  const all = tx
    .selectFrom('participants')
    .select(['conversation_id', 'id'])
    .where('account_id', '=', accountId)
    .where('profile_id', 'in', profileIds);
  const some = Number.isFinite(max) ? all.limit(max) : all;
  const result = await tx
    .updateTable('participants')
    .set({ profile_id: null })
    .where('account_id', '=', accountId)
    .where(({ eb, refTuple }) =>
      eb(refTuple('conversation_id', 'id'), 'in', some.$asTuple('conversation_id', 'id')),
    )
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Ids of the conversations that are not CLOSED and in which one of the profiles takes part. */
export async function listLiveConversationIdsOf(
  reader: Reader,
  accountId: string,
  profileIds: readonly string[],
): Promise<string[]> {
  const rows = await reader
    .selectFrom('participants')
    .innerJoin('conversations', 'conversations.id', 'participants.conversation_id')
    .select('conversations.id')
    .distinct()
    .where('participants.account_id', '=', accountId)
    .where('participants.profile_id', 'in', profileIds)
    .where('conversations.account_id', '=', accountId)
    .where('conversations.status', '<>', 'CLOSED')
    .execute();
  return rows.map((row) => row.id);
}

/** Ids of the conversations in which one of the profiles takes part, oldest first. */
export async function listConversationIdsOf(
  reader: Reader,
  accountId: string,
  profileIds: readonly string[],
): Promise<string[]> {
  const rows = await reader
    .selectFrom('participants')
    .select('conversation_id')
    .distinct()
    .where('account_id', '=', accountId)
    .where('profile_id', 'in', profileIds)
    .orderBy('conversation_id')
    .execute();
  return rows.map((row) => row.conversation_id);
}
