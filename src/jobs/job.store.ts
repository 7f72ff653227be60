import { sql } from 'kysely';
import type { Database, JobRow, Reader, Tx } from '../storage/index.ts';

export async function insertJob(tx: Tx, job: JobRow): Promise<void> {
  await tx.insertInto('jobs').values(job).execute();
}

/** Moves the waiting or running job with this dedupe key: a running one loses its lease and runs again. */
export async function replaceJob(
  tx: Tx,
  dedupeKey: string,
  replacement: Pick<JobRow, 'payload_json' | 'due_at'>,
): Promise<boolean> {
  const result = await tx
    .updateTable('jobs')
    .set({
      ...replacement,
      state: 'ready',
      attempts: 0,
      lease_token: null,
      lease_until: null,
      last_error: null,
    })
    .where('dedupe_key', '=', dedupeKey)
    .where('state', '<>', 'dead')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function findJobByKey(reader: Reader, dedupeKey: string): Promise<JobRow | undefined> {
  return reader
    .selectFrom('jobs')
    .selectAll()
    .where('dedupe_key', '=', dedupeKey)
    .where('state', '<>', 'dead')
    .executeTakeFirst();
}

export async function deleteJobByKey(tx: Tx, dedupeKey: string): Promise<void> {
  await tx.deleteFrom('jobs').where('dedupe_key', '=', dedupeKey).where('state', '<>', 'dead').execute();
}

export interface Claim {
  readonly nowMs: number;
  readonly count: number;
  readonly leaseToken: string;
  /** Wall-clock time; the runner shortens or lengthens it once it knows the job's time-out. */
  readonly leaseUntilMs: number;
}

/** Takes up to `count` due jobs, earliest first, and leases them. */
export async function claimDueJobs(db: Database, tx: Tx, claim: Claim): Promise<JobRow[]> {
  let due = tx
    .selectFrom('jobs')
    .select('id')
    .where('state', '=', 'ready')
    .where('due_at', '<=', claim.nowMs)
    .orderBy('due_at')
    .orderBy('id')
    .limit(claim.count);
  if (db.canSkipLocked) due = due.forUpdate().skipLocked();
  const rows = await tx
    .updateTable('jobs')
    .set((eb) => ({
      state: 'running',
      attempts: eb('attempts', '+', 1),
      lease_token: claim.leaseToken,
      lease_until: claim.leaseUntilMs,
    }))
    .where('id', 'in', due)
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

/** Puts a failed job back for a later attempt, or among the dead letters. */
export async function releaseJob(
  tx: Tx,
  id: string,
  leaseToken: string,
  outcome: Pick<JobRow, 'state' | 'due_at' | 'last_error'>,
): Promise<void> {
  await tx
    .updateTable('jobs')
    .set({ ...outcome, lease_token: null, lease_until: null })
    .where('id', '=', id)
    .where('lease_token', '=', leaseToken)
    .execute();
}

/** Frees jobs whose process is gone: those past their lease, or with `everything` all that run. */
export async function releaseLostJobs(
  tx: Tx,
  lost: { wallNowMs: number; everything: boolean },
): Promise<number> {
  let update = tx
    .updateTable('jobs')
    .set({ state: 'ready', lease_token: null, lease_until: null })
    .where('state', '=', 'running');
  if (!lost.everything) update = update.where('lease_until', '<', lost.wallNowMs);
  const result = await update.executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Due time of the next waiting job. */
export async function findNextDueAt(reader: Reader): Promise<number | undefined> {
  const row = await reader
    .selectFrom('jobs')
    .select('due_at')
    .where('state', '=', 'ready')
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst();
  return row?.due_at;
}

export async function countRunningJobs(reader: Reader): Promise<number> {
  const row = await reader
    .selectFrom('jobs')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('state', '=', 'running')
    .executeTakeFirstOrThrow();
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

/** Gives dead jobs a fresh set of attempts, due now; all of them when `id` is undefined. */
export async function reviveDeadJobs(tx: Tx, nowMs: number, id: string | undefined): Promise<number> {
  let update = tx
    .updateTable('jobs')
    .set({ state: 'ready', attempts: 0, due_at: nowMs })
    .where('state', '=', 'dead');
  if (id !== undefined) update = update.where('id', '=', id);
  const result = await update.executeTakeFirst();
  return Number(result.numUpdatedRows);
}
