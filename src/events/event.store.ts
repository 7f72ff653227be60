import { type EventProfileRow, type EventRow, prepared, type Reader, type Tx } from '../storage/index.ts';

/** Appends the event and answers its position, which the database gives. */
export async function insertEvent(tx: Tx, event: NewEvent): Promise<number> {
  const [row] = await insertRow(tx, event);
  if (!row) throw new Error('an event that was added has a position');
  return row.position;
}

type NewEvent = Omit<EventRow, 'position' | 'transaction_id'>;

const insertRow = prepared((tx: Tx, event: NewEvent) =>
  tx.insertInto('events').values(event).returning('position'),
);

/** A place in the order of an account's events: that of the event it names. All events come after 0 and 0. */
export interface EventPlace {
  readonly transactionId: number;
  readonly position: number;
}

/** The place of the account's last event below the horizon. */
export async function findLastPlace(
  reader: Reader,
  accountId: string,
  horizon: number,
): Promise<EventPlace | undefined> {
  return reader
    .selectFrom('events')
    .select(['transaction_id as transactionId', 'position'])
    .where('account_id', '=', accountId)
    .where('transaction_id', '<', horizon)
    .orderBy('transaction_id', 'desc')
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Which events of an account are wanted. */
export interface EventFilter {
  readonly accountId: string;
  readonly conversationId: string | undefined;
  /** Empty for every type. */
  readonly types: readonly EventRow['type'][];
}

/** Up to `max` events after one place and not after another, in order. */
export async function listEvents(
  reader: Reader,
  { accountId, conversationId, types }: EventFilter,
  { after, through, max }: { after: EventPlace; through: EventPlace; max: number },
): Promise<EventRow[]> {
  let query = reader
    .selectFrom('events')
    .selectAll()
    .where('account_id', '=', accountId)
    .where(({ eb, refTuple, tuple }) =>
      eb(refTuple('transaction_id', 'position'), '>', tuple(after.transactionId, after.position)),
    )
    .where(({ eb, refTuple, tuple }) =>
      eb(refTuple('transaction_id', 'position'), '<=', tuple(through.transactionId, through.position)),
    )
    .orderBy('transaction_id')
    .orderBy('position')
    .limit(max);
  if (conversationId !== undefined) query = query.where('conversation_id', '=', conversationId);
  if (types.length > 0) query = query.where('type', 'in', types);
  return query.execute();
}

export async function insertMentions(tx: Tx, mentions: readonly EventProfileRow[]): Promise<void> {
  if (mentions.length > 0) await tx.insertInto('event_profiles').values(mentions).execute();
}

/** Positions of events that name one of the profiles. */
export async function listMentioningPositions(
  reader: Reader,
  accountId: string,
  profileIds: readonly string[],
  max: number,
): Promise<number[]> {
  const rows = await reader
    .selectFrom('event_profiles')
    .select('event_position')
    .distinct()
    .where('account_id', '=', accountId)
    .where('profile_id', 'in', profileIds)
    .limit(max)
    .execute();
  return rows.map((row) => row.event_position);
}

export async function listEventBodies(
  reader: Reader,
  accountId: string,
  positions: readonly number[],
): Promise<Pick<EventRow, 'position' | 'body_json'>[]> {
  if (positions.length === 0) return [];
  return reader
    .selectFrom('events')
    .select(['position', 'body_json'])
    .where('account_id', '=', accountId)
    .where('position', 'in', positions)
    .execute();
}

export async function updateEventBody(
  tx: Tx,
  { accountId, position, body }: { accountId: string; position: number; body: string },
): Promise<void> {
  await tx
    .updateTable('events')
    .set({ body_json: body })
    .where('account_id', '=', accountId)
    .where('position', '=', position)
    .execute();
}

export async function deleteMentions(
  tx: Tx,
  accountId: string,
  { profileIds, positions }: { profileIds: readonly string[]; positions: readonly number[] },
): Promise<void> {
  if (positions.length === 0) return;
  await tx
    .deleteFrom('event_profiles')
    .where('account_id', '=', accountId)
    .where('profile_id', 'in', profileIds)
    .where('event_position', 'in', positions)
    .execute();
}
