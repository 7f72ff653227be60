import type { EventRow, Reader, Tx } from '../storage/index.ts';

/** Enough of an event to delete it by. */
export type EventKey = Pick<EventRow, 'account_id' | 'conversation_id' | 'position'>;

/** The oldest events from before a time that no callback waits for, nor has died for since then. */
export async function listRemovableEvents(
  reader: Reader,
  { beforeMs, max }: { beforeMs: number; max: number },
): Promise<EventKey[]> {
  return reader
    .selectFrom('events')
    .select(['account_id', 'conversation_id', 'position'])
    .where('created_at', '<', beforeMs)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('callback_deliveries')
            .select('id')
            .whereRef('callback_deliveries.account_id', '=', 'events.account_id')
            .whereRef('callback_deliveries.event_position', '=', 'events.position')
            .where(({ or, eb }) => or([eb('state', '=', 'waiting'), eb('updated_at', '>=', beforeMs)])),
        ),
      ),
    )
    .orderBy('created_at')
    .limit(max)
    .execute();
}

/** The dead deliveries of these events; one that was replayed meanwhile waits, and stays. */
export async function deleteDeadDeliveries(tx: Tx, events: readonly EventKey[]): Promise<void> {
  if (events.length === 0) return;
  const { accountIds, positions } = columnsOf(events);
  await tx
    .deleteFrom('callback_deliveries')
    .where('account_id', 'in', accountIds)
    .where('event_position', 'in', positions)
    .where('state', '=', 'dead')
    .execute();
}

/** Deletes those of the events that no delivery refers to, with the notes of the profiles that they mention. */
export async function deleteFreeEvents(tx: Tx, events: readonly EventKey[]): Promise<void> {
  if (events.length === 0) return;
  const { accountIds, positions } = columnsOf(events);
  const deleted = await tx
    .deleteFrom('events')
    .where('account_id', 'in', accountIds)
    .where('position', 'in', positions)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('callback_deliveries')
            .select('id')
            .whereRef('callback_deliveries.account_id', '=', 'events.account_id')
            .whereRef('callback_deliveries.event_position', '=', 'events.position'),
        ),
      ),
    )
    .returning(['account_id', 'conversation_id', 'position'])
    .execute();
  await deleteMentionsIn(tx, deleted);
}

async function deleteMentionsIn(tx: Tx, events: readonly EventKey[]): Promise<void> {
  if (events.length === 0) return;
  const { conversationIds, positions } = columnsOf(events);
  await tx
    .deleteFrom('event_profiles')
    .where('conversation_id', 'in', conversationIds)
    .where('event_position', 'in', positions)
    .execute();
}

/** A position is that of one event; the other columns are there because the indexes begin with them. */
function columnsOf(events: readonly EventKey[]) {
  return {
    accountIds: [...new Set(events.map((event) => event.account_id))],
    conversationIds: [...new Set(events.map((event) => event.conversation_id))],
    positions: events.map((event) => event.position),
  };
}

/** When the oldest event was recorded. */
export async function findOldestEvent(reader: Reader): Promise<number | undefined> {
  const row = await reader
    .selectFrom('events')
    .select('created_at')
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst();
  return row?.created_at;
}
