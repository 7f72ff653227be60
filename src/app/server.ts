import { dirname } from 'node:path';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import {
  createAuthenticate,
  createSigningTokens,
  createVerifySignature,
  type RootAccount,
} from '../accounts/index.ts';
import { countDeliveries, createSender, enqueueStranded } from '../callbacks/index.ts';
import type { Config } from '../config/index.ts';
import { EventBell, startRetention } from '../events/index.ts';
import { createHttpApp, createMetrics, describeRoutes, type Route, version } from '../http/index.ts';
import { ingestRoutes } from '../ingest/index.ts';
import { countJobs, JobQueue, JobRunner } from '../jobs/index.ts';
import { createQueryVectors, startReindex } from '../memory/index.ts';
import { createEmbedder, createLanguageModel } from '../models/index.ts';
import { systemClock, VirtualClock } from '../runtime/clock.ts';
import type { Context } from '../runtime/context.ts';
import { createIds, type RandomSource, systemRandom } from '../runtime/ids.ts';
import { createMessageSender } from '../senders/index.ts';
import { lockDataDir, openDatabase } from '../storage/index.ts';
import { ClockAdvancer } from './clock.ts';
import { apiRoutes } from './routes.ts';
import { serviceRoutes } from './service.routes.ts';
import { allWorkers } from './workers.ts';

export interface ServerOptions {
  readonly config: Config;
  readonly rootAccount: RootAccount;
  readonly log: Logger;
  /** Where ids get their random bits; tests may fix it. */
  readonly random?: RandomSource;
  /** Validate every answer against its schema; tests turn it on. */
  readonly strictReplies?: boolean;
  /** How long requests, and then jobs, may take to finish at a stop. Later ones are cut off; the jobs run again at the next start. */
  readonly stopGraceMs?: number;
}

export interface RunningServer {
  readonly url: string;
  readonly context: Context;
  readonly runner: JobRunner;
  /** With the virtual clock: moves it and runs everything that comes due. */
  readonly advancer: ClockAdvancer | undefined;
  /** Answers what it has accepted, finishes running jobs, and closes the database. */
  stop(): Promise<void>;
}

/** The share of the callbacks under way that one receiver may have. */
const receiverShare = 1 / 8;

/** Messages that are on their way to the sender; each is of another conversation. */
const messagesAtOnce = 16;

const stopGraceDefaultMs = 10_000;

/** Opens the database, starts the job runner and listens. Undoes what it did when a step fails. */
export async function startServer({
  config,
  rootAccount,
  log,
  random = systemRandom,
  strictReplies = false,
  stopGraceMs = stopGraceDefaultMs,
}: ServerOptions): Promise<RunningServer> {
  await using started = new AsyncDisposableStack();

  if ('sqliteFile' in config.database) {
    const lock = lockDataDir(dirname(config.database.sqliteFile));
    started.defer(() => lock.release());
  }
  const db = await openDatabase(config.database);
  started.defer(() => db.close());
  if (db.pgvector && !db.pgvector.isUsed) {
    const { why } = db.pgvector;
    log.info(
      { why },
      'pgvector is not used: with an embedding model the first Recalls of a large profile take longer',
    );
  }

  const clock = config.clock === 'virtual' ? new VirtualClock() : systemClock;
  const ids = createIds(clock, random);
  const jobs = new JobQueue({ db, clock, ids });
  const embedder = config.embeddings && (await createEmbedder(config.embeddings));
  started.defer(() => embedder?.close?.());
  const signingTokens = createSigningTokens({ db, clock }, rootAccount);
  const context: Context = {
    db,
    jobs,
    clock,
    ids,
    log,
    limits: config.limits,
    signingTokens,
    eventBell: new EventBell(db.signals),
    embeddings: embedder && { model: embedder.name },
    isAgentConnectCompatible: config.isAgentConnectCompatible,
  };

  const languageModel = config.languageModel && createLanguageModel(config.languageModel, log);
  const metrics = createMetrics({
    countJobs: () => countJobs(db.reader),
    countDeliveries: () => countDeliveries(db.reader),
  });
  const queryVectors =
    embedder &&
    config.embeddings &&
    createQueryVectors(context, embedder, {
      timeoutMs: config.embeddings.timeoutMs,
      onOutcome: metrics.observeQueryVector,
    });
  const { concurrency, timeoutMs } = config.callbacks;
  const { arePrivateCallbacksAllowed: arePrivateAllowed } = config.limits;
  const callbackSender = started.use(createSender({ timeoutMs, arePrivateAllowed }));
  const messageSender = await createMessageSender(context, config);
  started.defer(() => {
    if (messageSender.kind === 'network') messageSender.close?.();
  });
  const runner = new JobRunner({
    db,
    clock,
    log,
    queue: jobs,
    workers: allWorkers(
      context,
      {
        model: languageModel && { languageModel, ...config.languageModel },
        ...config.extraction,
        meter: metrics.extraction,
      },
      { sender: callbackSender, version, random: Math.random, onAttempt: metrics.observeCallback },
      messageSender,
      embedder,
    ),
    concurrency: config.jobConcurrency,
    laneLimits: {
      callbacks: { concurrency, perGroup: Math.ceil(concurrency * receiverShare) },
      senders: { concurrency: messagesAtOnce },
    },
    isOnlyRunner: db.engine === 'sqlite',
    random: Math.random,
  });
  started.defer(() => runner.stop(stopGraceMs));
  const runsJobs = config.role !== 'api';
  const advancer =
    runsJobs && clock instanceof VirtualClock ? new ClockAdvancer({ clock, runner }) : undefined;

  let openApi: Promise<object> | undefined;
  const routes: readonly Route[] = [
    ...(config.role === 'worker'
      ? []
      : [
          ...apiRoutes(context, queryVectors),
          ...ingestRoutes(context, { ...config.capture, rootAccountId: rootAccount.sid }),
        ]),
    ...serviceRoutes({
      metrics,
      runner: runsJobs ? runner : undefined,
      advancer,
      openApi: () => (openApi ??= describeRoutes(routes)),
      whyNotReady: () =>
        sql`select 1`.execute(db.reader).then(
          () => undefined,
          () => 'the database does not answer',
        ),
    }),
  ];
  const app = await createHttpApp({
    routes,
    authenticate: createAuthenticate(db, rootAccount),
    verifySignature: createVerifySignature(signingTokens),
    log,
    metrics,
    publicUrl: config.publicUrl,
    bodyMaxBytes: config.bodyMaxBytes,
    admission: config.admission,
    requestTimeoutMs: config.requestTimeoutMs,
    strictReplies,
  });
  started.defer(async () => {
    const deadline = setTimeout(() => app.server.closeAllConnections(), stopGraceMs);
    await app.close();
    clearTimeout(deadline);
  });
  if (runsJobs) {
    await enqueueStranded(context);
    await startReindex(context, rootAccount.sid);
    await startRetention(context, rootAccount.sid);
    await runner.start();
  }
  const url = await app.listen({ host: config.host, port: config.port });

  const resources = started.move();
  return { url, context, runner, advancer, stop: () => resources.disposeAsync() };
}
