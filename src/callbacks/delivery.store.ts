import { sql } from 'kysely';
import type { CallbackDeliveryRow, EventRow, JobRow, Reader, Tx } from '../storage/index.ts';

/** Deliveries of one conversation to one target, which go out in order. */
export interface DeliveryRef {
  readonly accountId: string;
  readonly conversationId: string;
  readonly target: string;
}

/** A state in the text of a query, so that SQLite can match it to the conditions of a partial index. */
const dead = sql.lit<CallbackDeliveryRow['state']>('dead');

export async function insertDeliveries(tx: Tx, rows: readonly CallbackDeliveryRow[]): Promise<void> {
  await tx.insertInto('callback_deliveries').values(rows).execute();
}

/** A delivery with what it brings; the event's members are null when the event is gone. */
export type NextDelivery = CallbackDeliveryRow & {
  readonly body_json: EventRow['body_json'] | null;
  readonly event_id: EventRow['id'] | null;
  readonly request_id: EventRow['request_id'];
};

/** The waiting delivery whose event is the oldest. */
export async function findNextDelivery(
  reader: Reader,
  { accountId, conversationId, target }: DeliveryRef,
): Promise<NextDelivery | undefined> {
  return reader
    .selectFrom('callback_deliveries as delivery')
    .leftJoin('events', (join) =>
      join
        .onRef('events.account_id', '=', 'delivery.account_id')
        .onRef('events.position', '=', 'delivery.event_position'),
    )
    .selectAll('delivery')
    .select(['events.body_json', 'events.id as event_id', 'events.request_id'])
    .where('delivery.account_id', '=', accountId)
    .where('delivery.conversation_id', '=', conversationId)
    .where('delivery.target', '=', target)
    .where('delivery.state', '=', 'waiting')
    .orderBy('delivery.event_position')
    .limit(1)
    .executeTakeFirst();
}

/** The URL of what waits, which is one for all of it; undefined when nothing does. */
export async function findWaitingUrl(reader: Reader, ref: DeliveryRef): Promise<string | undefined> {
  const row = await reader
    .selectFrom('callback_deliveries')
    .select('url')
    .where('account_id', '=', ref.accountId)
    .where('conversation_id', '=', ref.conversationId)
    .where('target', '=', ref.target)
    .where('state', '=', 'waiting')
    .limit(1)
    .executeTakeFirst();
  return row?.url;
}

type DeliveryKey = Pick<CallbackDeliveryRow, 'account_id' | 'conversation_id' | 'target' | 'event_position'>;

export async function deleteDelivery(tx: Tx, key: DeliveryKey): Promise<void> {
  await tx
    .deleteFrom('callback_deliveries')
    .where('account_id', '=', key.account_id)
    .where('conversation_id', '=', key.conversation_id)
    .where('target', '=', key.target)
    .where('event_position', '=', key.event_position)
    .execute();
}

export async function updateDelivery(
  tx: Tx,
  key: DeliveryKey,
  changes: Pick<CallbackDeliveryRow, 'state' | 'attempts' | 'last_error' | 'updated_at'>,
): Promise<void> {
  await tx
    .updateTable('callback_deliveries')
    .set(changes)
    .where('account_id', '=', key.account_id)
    .where('conversation_id', '=', key.conversation_id)
    .where('target', '=', key.target)
    .where('event_position', '=', key.event_position)
    .execute();
}

/** The targets for which something of the conversation waits. */
export async function listWaitingTargets(
  reader: Reader,
  { accountId, conversationId }: Omit<DeliveryRef, 'target'>,
): Promise<string[]> {
  const rows = await reader
    .selectFrom('callback_deliveries')
    .select('target')
    .distinct()
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId)
    .where('state', '=', 'waiting')
    .orderBy('target')
    .execute();
  return rows.map((row) => row.target);
}

export async function deleteWaiting(tx: Tx, ref: DeliveryRef): Promise<void> {
  await tx
    .deleteFrom('callback_deliveries')
    .where('account_id', '=', ref.accountId)
    .where('conversation_id', '=', ref.conversationId)
    .where('target', '=', ref.target)
    .where('state', '=', 'waiting')
    .execute();
}

/** What waits without a live job to bring it. */
export async function listStranded(reader: Reader): Promise<(DeliveryRef & { url: string })[]> {
  return reader
    .selectFrom('callback_deliveries')
    .select(['account_id as accountId', 'conversation_id as conversationId', 'target', 'url'])
    .distinct()
    .where('state', '=', 'waiting')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('jobs')
            .select('jobs.id')
            // The form of `deliveryJobKey`.
            .where(
              'jobs.dedupe_key',
              '=',
              sql<string>`'callback:' || callback_deliveries.conversation_id || ':' || callback_deliveries.target`,
            )
            .where('jobs.state', '<>', sql.lit<JobRow['state']>('dead')),
        ),
      ),
    )
    .execute();
}

/** Which deliveries to list, or to bring back. */
export interface DeliveryFilter {
  readonly accountId?: string | undefined;
  readonly state?: CallbackDeliveryRow['state'] | undefined;
  readonly id?: string | undefined;
}

/** Deliveries with the types of their events, oldest first. */
export async function listDeliveries(
  reader: Reader,
  filter: DeliveryFilter,
  limit: number,
): Promise<(CallbackDeliveryRow & { type: EventRow['type'] | null })[]> {
  let query = reader
    .selectFrom('callback_deliveries as delivery')
    .leftJoin('events', (join) =>
      join
        .onRef('events.account_id', '=', 'delivery.account_id')
        .onRef('events.position', '=', 'delivery.event_position'),
    )
    .selectAll('delivery')
    .select('events.type')
    .orderBy('delivery.id')
    .limit(limit);
  if (filter.accountId !== undefined) query = query.where('delivery.account_id', '=', filter.accountId);
  if (filter.state !== undefined) query = query.where('delivery.state', '=', filter.state);
  if (filter.id !== undefined) query = query.where('delivery.id', '=', filter.id);
  return query.execute();
}

/** The conversations and targets of dead deliveries. */
export async function listDeadTargets(
  reader: Reader,
  { accountId, id }: DeliveryFilter,
): Promise<(DeliveryRef & { url: string })[]> {
  let query = reader
    .selectFrom('callback_deliveries')
    .select(['account_id as accountId', 'conversation_id as conversationId', 'target', 'url'])
    .distinct()
    .where('state', '=', dead);
  if (accountId !== undefined) query = query.where('account_id', '=', accountId);
  if (id !== undefined) query = query.where('id', '=', id);
  return query.execute();
}

/** Dead deliveries wait again, with a fresh set of attempts. */
export async function reviveDead(
  tx: Tx,
  ref: DeliveryRef,
  { id, nowMs }: { id: string | undefined; nowMs: number },
): Promise<number> {
  let update = tx
    .updateTable('callback_deliveries')
    .set({ state: 'waiting', attempts: 0, updated_at: nowMs })
    .where('account_id', '=', ref.accountId)
    .where('conversation_id', '=', ref.conversationId)
    .where('target', '=', ref.target)
    .where('state', '=', dead);
  if (id !== undefined) update = update.where('id', '=', id);
  const result = await update.executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** For the metrics page. */
export async function countDeliveries(reader: Reader): Promise<{ state: string; count: number }[]> {
  const rows = await reader
    .selectFrom('callback_deliveries')
    .select(['state', (eb) => eb.fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
