import type { EventRow, Tx } from '../storage/index.ts';

/** Appends the event and answers its position, which the database gives. */
export async function insertEvent(
  tx: Tx,
  event: Omit<EventRow, 'position' | 'transaction_id'>,
): Promise<number> {
  const row = await tx.insertInto('events').values(event).returning('position').executeTakeFirstOrThrow();
  return row.position;
}
