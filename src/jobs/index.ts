/** The door of the jobs room: declare, enqueue, run. It knows nothing of memory or conversations. */

export { backoffMs } from './backoff.ts';
export { countJobs, listJobs, reviveDeadJobs } from './job.store.ts';
export { declareJob, type Job, type Lane, type LaneLimits } from './job.ts';
export { type Worker, worker } from './job-attempt.ts';
export { type EnqueueOptions, JobQueue } from './job-queue.ts';
export { type JobRun, LeaseLost } from './job-run.ts';
export { JobRunner, type RunnerOptions } from './job-runner.ts';
