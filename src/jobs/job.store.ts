import { type OnConflictBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { type Database, type JobRow, prepared, type Reader, type Schema, type Tx } from '../storage/index.ts';
import type { Lane } from './job.ts';

/** States in the text of a query, so that SQLite can match them to the conditions of the partial indexes. */
const ready = sql.lit<JobRow['state']>('ready');
const running = sql.lit<JobRow['state']>('running');
const dead = sql.lit<JobRow['state']>('dead');

/**
 * Adds a job. When a live one has its dedupe key, that one is kept as it is, or takes over everything but the new id; if it
 * is running then, it loses its lease and runs again. One statement, so that two that are enqueued at once end as one.
 */
export async function insertJob(tx: Tx, job: JobRow, ifLive: 'replace' | 'keep'): Promise<void> {
  await (ifLive === 'keep' ? insertUnlessLive : insertOrReplace)(tx, job);
}

const insertUnlessLive = prepared((tx: Tx, job: JobRow) =>
  tx
    .insertInto('jobs')
    .values(job)
    .onConflict((conflict) => withLiveKey(conflict).doNothing()),
);

const insertOrReplace = prepared((tx: Tx, { id, ...replacement }: JobRow) =>
  tx
    .insertInto('jobs')
    .values({ id, ...replacement })
    .onConflict((conflict) => withLiveKey(conflict).doUpdateSet(replacement)),
);

function withLiveKey(conflict: OnConflictBuilder<Schema, 'jobs'>) {
  return conflict.column('dedupe_key').where('dedupe_key', 'is not', null).where('state', '<>', dead);
}

export async function deleteJobByKey(tx: Tx, dedupeKey: string): Promise<void> {
  await tx.deleteFrom('jobs').where('dedupe_key', '=', dedupeKey).where('state', '<>', dead).execute();
}

/** The same for several keys, and for dead jobs; in two statements, so that each finds its partial index. */
export async function deleteJobsByKeys(tx: Tx, dedupeKeys: readonly string[]): Promise<void> {
  if (dedupeKeys.length === 0) return;
  await tx.deleteFrom('jobs').where('dedupe_key', 'in', dedupeKeys).where('state', '<>', dead).execute();
  await tx.deleteFrom('jobs').where('dedupe_key', 'in', dedupeKeys).where('state', '=', dead).execute();
}

export interface Claim {
  readonly lane: Lane;
  /** Names of jobs that the runner has workers for; one at least. */
  readonly names: readonly string[];
  readonly nowMs: number;
  readonly count: number;
  /** How many more of a group may run; undefined without a limit. */
  readonly roomInGroup?: (groupKey: string) => number;
  /** Groups that have no room at all. */
  readonly fullGroups: string[];
  readonly leaseToken: string;
  /** Wall-clock time. */
  readonly leaseUntilMs: number;
}

/** How many due jobs are looked at for each one that is wanted, where groups have limits. */
const groupedLookahead = 4;

/** Takes up to `count` due jobs of a lane, earliest first, and leases them. */
export async function claimDueJobs(db: Database, tx: Tx, claim: Claim): Promise<JobRow[]> {
  const ids = chooseWithinGroups(await findDueJobs(db, tx, claim), claim);
  if (ids.length === 0) return [];
  const rows = await tx
    .updateTable('jobs')
    .set((eb) => ({
      state: 'running',
      attempts: eb('attempts', '+', 1),
      lease_token: claim.leaseToken,
      lease_until: claim.leaseUntilMs,
    }))
    .where('id', 'in', ids)
    .returningAll()
    .execute();
  return rows.sort((a, b) => a.due_at - b.due_at || (a.id < b.id ? -1 : 1));
}

/** Locked where rows can be, so that no other process takes them until they are leased. */
async function findDueJobs(db: Database, tx: Tx, claim: Claim): Promise<Pick<JobRow, 'id' | 'group_key'>[]> {
  let due = tx
    .selectFrom('jobs')
    .select(['id', 'group_key'])
    .where('lane', '=', claim.lane)
    .where('state', '=', ready)
    .where('due_at', '<=', claim.nowMs)
    .where('name', 'in', claim.names)
    .orderBy('due_at')
    .orderBy('id')
    .limit(claim.roomInGroup ? claim.count * groupedLookahead : claim.count);
  if (db.canSkipLocked) due = due.forUpdate().skipLocked();
  return outsideGroups(due, claim.fullGroups).execute();
}

function chooseWithinGroups(
  due: readonly Pick<JobRow, 'id' | 'group_key'>[],
  { count, roomInGroup }: Claim,
): string[] {
  const chosen: string[] = [];
  const taken = new Map<string, number>();
  for (const { id, group_key: group } of due) {
    if (chosen.length === count) break;
    if (group !== null && roomInGroup) {
      const inGroup = taken.get(group) ?? 0;
      if (inGroup >= roomInGroup(group)) continue;
      taken.set(group, inGroup + 1);
    }
    chosen.push(id);
  }
  return chosen;
}

/** Whether the lease was still ours. */
export async function deleteLeasedJob(tx: Tx, id: string, leaseToken: string): Promise<boolean> {
  const result = await tx
    .deleteFrom('jobs')
    .where('id', '=', id)
    .where('lease_token', '=', leaseToken)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Whether the lease is still ours; then nobody else takes the job before the end of the transaction. */
export async function holdLeasedJob(db: Database, tx: Tx, id: string, leaseToken: string): Promise<boolean> {
  let held = tx.selectFrom('jobs').select('id').where('id', '=', id).where('lease_token', '=', leaseToken);
  if (db.canSkipLocked) held = held.forUpdate();
  return (await held.executeTakeFirst()) !== undefined;
}

/** Running jobs with these tokens stay their process's own until then. */
export async function extendLeases(tx: Tx, tokens: readonly string[], leaseUntilMs: number): Promise<void> {
  await tx
    .updateTable('jobs')
    .set({ lease_until: leaseUntilMs })
    .where('state', '=', running)
    .where('lease_token', 'in', tokens)
    .execute();
}

/** Puts a job back for a later attempt, or among the dead letters. False when the lease was no longer ours. */
export async function releaseJob(
  tx: Tx,
  id: string,
  leaseToken: string,
  outcome: Pick<JobRow, 'state' | 'due_at' | 'attempts' | 'last_error'>,
): Promise<boolean> {
  const result = await tx
    .updateTable('jobs')
    .set({ ...outcome, lease_token: null, lease_until: null })
    .where('id', '=', id)
    .where('lease_token', '=', leaseToken)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Whether any lease has run out. */
export async function hasLostJobs(reader: Reader, wallNowMs: number): Promise<boolean> {
  const row = await reader
    .selectFrom('jobs')
    .select('id')
    .where('state', '=', running)
    .where('lease_until', '<', wallNowMs)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Frees jobs whose process is gone: those past their lease, or with `everything` all that run. */
export async function releaseLostJobs(
  tx: Tx,
  lost: { wallNowMs: number; everything: boolean },
): Promise<number> {
  let update = tx
    .updateTable('jobs')
    .set({ state: 'ready', lease_token: null, lease_until: null })
    .where('state', '=', running);
  if (!lost.everything) update = update.where('lease_until', '<', lost.wallNowMs);
  const result = await update.executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Jobs that a runner can run. */
export interface KnownJobs {
  readonly lanes: readonly Lane[];
  readonly names: readonly string[];
}

/** Due time of the next waiting job of a lane, but for those of some groups. */
export async function findNextDueAt(
  reader: Reader,
  { lane, names, exceptGroups = [] }: { lane: Lane; names: readonly string[]; exceptGroups?: string[] },
): Promise<number | undefined> {
  if (names.length === 0) return undefined;
  const query = reader
    .selectFrom('jobs')
    .select('due_at')
    .where('lane', '=', lane)
    .where('state', '=', ready)
    .where('name', 'in', names)
    .orderBy('due_at')
    .limit(1);
  const row = await outsideGroups(query, exceptGroups).executeTakeFirst();
  return row?.due_at;
}

function outsideGroups<O>(
  query: SelectQueryBuilder<Schema, 'jobs', O>,
  groups: readonly string[],
): SelectQueryBuilder<Schema, 'jobs', O> {
  if (groups.length === 0) return query;
  return query.where((eb) => eb.or([eb('group_key', 'is', null), eb('group_key', 'not in', groups)]));
}

/** Whether a job runs, or one of these is due: one statement, so that a job between the two is not missed. */
export async function hasBusyJobs(
  reader: Reader,
  { lanes, names }: KnownJobs,
  nowMs: number,
): Promise<boolean> {
  const isRunning = reader.selectFrom('jobs').select('id').where('state', '=', running).limit(1);
  const areDue = lanes.map((lane) =>
    reader
      .selectFrom('jobs')
      .select('id')
      .where('lane', '=', lane)
      .where('state', '=', ready)
      .where('due_at', '<=', nowMs)
      .where('name', 'in', names)
      .limit(1),
  );
  const row = await reader
    .selectNoFrom((eb) => [
      eb
        .or([eb.exists(isRunning), ...(names.length > 0 ? areDue.map((due) => eb.exists(due)) : [])])
        .as('isBusy'),
    ])
    .executeTakeFirstOrThrow();
  return Boolean(row.isBusy);
}

/** How many waiting jobs have none of these names. */
export async function countForeignJobs(reader: Reader, names: readonly string[]): Promise<number> {
  let query = reader
    .selectFrom('jobs')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('state', '=', ready);
  if (names.length > 0) query = query.where('name', 'not in', names);
  const row = await query.executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Jobs by state and name, for the metrics page. */
export async function countJobs(reader: Reader): Promise<{ name: string; state: string; count: number }[]> {
  const rows = await reader
    .selectFrom('jobs')
    .select(['name', 'state', sql<number>`count(*)`.as('count')])
    .groupBy(['name', 'state'])
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

export async function listJobs(
  reader: Reader,
  state: JobRow['state'] | undefined,
  limit: number,
): Promise<JobRow[]> {
  let query = reader.selectFrom('jobs').selectAll().orderBy('id').limit(limit);
  if (state) query = query.where('state', '=', state);
  return query.execute();
}

/**
 * Gives dead jobs a fresh set of attempts, due now; all of them when `id` is undefined. One whose dedupe key has been taken
 * since, by a live job or by a younger dead one, stays: what it was about has been asked for anew.
 */
export async function reviveDeadJobs(tx: Tx, nowMs: number, id: string | undefined): Promise<number> {
  let update = tx
    .updateTable('jobs')
    .set({ state: 'ready', attempts: 0, due_at: nowMs })
    .where('state', '=', dead)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('jobs as successor')
            .select('successor.id')
            .whereRef('successor.dedupe_key', '=', 'jobs.dedupe_key')
            .where((either) =>
              either.or([
                either('successor.state', '<>', dead),
                either('successor.id', '>', either.ref('jobs.id')),
              ]),
            ),
        ),
      ),
    );
  if (id !== undefined) update = update.where('id', '=', id);
  const result = await update.executeTakeFirst();
  return Number(result.numUpdatedRows);
}
