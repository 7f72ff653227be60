import { sql } from 'kysely';
import type { Database, JobRow, Reader, Tx } from '../storage/index.ts';

/** States in the text of a query, so that SQLite can match them to the conditions of the partial indexes. */
const ready = sql.lit<JobRow['state']>('ready');
const running = sql.lit<JobRow['state']>('running');
const dead = sql.lit<JobRow['state']>('dead');

/**
 * Adds a job. When a live one has its dedupe key, that one takes over everything but the new id; if it is running, it loses
 * its lease and runs again. One statement, so that two that are enqueued at once end as one.
 */
export async function insertJob(tx: Tx, job: JobRow): Promise<void> {
  const { id: _, ...replacement } = job;
  await tx
    .insertInto('jobs')
    .values(job)
    .onConflict((conflict) =>
      conflict
        .column('dedupe_key')
        .where('dedupe_key', 'is not', null)
        .where('state', '<>', dead)
        .doUpdateSet(replacement),
    )
    .execute();
}

export async function deleteJobByKey(tx: Tx, dedupeKey: string): Promise<void> {
  await tx.deleteFrom('jobs').where('dedupe_key', '=', dedupeKey).where('state', '<>', dead).execute();
}

export interface Claim {
  /** Names of jobs that the runner has workers for; one at least. */
  readonly names: readonly string[];
  readonly nowMs: number;
  readonly count: number;
  readonly leaseToken: string;
  /** Wall-clock time. */
  readonly leaseUntilMs: number;
}

/** Takes up to `count` due jobs, earliest first, and leases them. */
export async function claimDueJobs(db: Database, tx: Tx, claim: Claim): Promise<JobRow[]> {
  let due = tx
    .selectFrom('jobs')
    .select('id')
    .where('state', '=', ready)
    .where('due_at', '<=', claim.nowMs)
    .where('name', 'in', claim.names)
    .orderBy('due_at')
    .orderBy('id')
    .limit(claim.count);
  if (db.canSkipLocked) due = due.forUpdate().skipLocked();
  const rows = await tx
    // PostgreSQL may run a subquery anew for each row, and would then lock more than the limit; a CTE runs once.
    .with(
      (cte) => cte('due').materialized(),
      () => due,
    )
    .updateTable('jobs')
    .set((eb) => ({
      state: 'running',
      attempts: eb('attempts', '+', 1),
      lease_token: claim.leaseToken,
      lease_until: claim.leaseUntilMs,
    }))
    .where('id', 'in', (eb) => eb.selectFrom('due').select('due.id'))
    .returningAll()
    .execute();
  return rows.sort((a, b) => a.due_at - b.due_at || (a.id < b.id ? -1 : 1));
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

/** Due time of the next waiting job with one of these names. */
export async function findNextDueAt(reader: Reader, names: readonly string[]): Promise<number | undefined> {
  if (names.length === 0) return undefined;
  const row = await reader
    .selectFrom('jobs')
    .select('due_at')
    .where('state', '=', ready)
    .where('name', 'in', names)
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst();
  return row?.due_at;
}

/** Whether a job runs, or one with these names is due: one statement, so that a job between the two is not missed. */
export async function hasBusyJobs(reader: Reader, names: readonly string[], nowMs: number): Promise<boolean> {
  const isRunning = reader.selectFrom('jobs').select('id').where('state', '=', running).limit(1);
  const isDue = reader
    .selectFrom('jobs')
    .select('id')
    .where('state', '=', ready)
    .where('due_at', '<=', nowMs)
    .where('name', 'in', names)
    .limit(1);
  const row = await reader
    .selectNoFrom((eb) => [
      eb.or([eb.exists(isRunning), ...(names.length > 0 ? [eb.exists(isDue)] : [])]).as('isBusy'),
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
