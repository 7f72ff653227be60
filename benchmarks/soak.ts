import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { diskFull, type Fault, failShare, timetable } from './soak/faults.ts';
import { Recorder } from './soak/record.ts';
import { readQueue, type Stage, setStage } from './soak/stage.ts';
import { Traffic } from './soak/traffic.ts';
import { drift, median, megabytesPerHour, processorUse, recovery, type Trouble } from './soak/trends.ts';
import { drain, replayGivenUp, verify } from './soak/verify.ts';
import { seededChance } from './support/invented-dialogue.ts';
import { describeMachine, round } from './support/machine.ts';
import { processorMs } from './support/process-time.ts';
import { printTable } from './support/table.ts';

const minutesDefault = 30;
const loadShare = 0.7;
/** Callers of the closed loop by which the capacity is found: few, since many at once cost less each than they do in the run. */
const callersAtOnce = 4;
const capacityShare = 1 / 30;
const capacityMinMs = 5000;
const warmUpForCapacity = 1 / 3;
/** Callbacks that failed and wait for their next attempt, as a share of the operations; for more of them nobody waits. */
const leftOverShare = 0.1;
const leftOverPatienceMs = 20_000;
const windowsWanted = 360;
const windowMinMs = 1000;
/** Until the server's caches have filled, nothing is taken for a trend. */
const warmUpShare = 0.1;
/** What a fault leaves behind is worked off before windows count as calm again. */
const recoveryShare = 0.02;
const refusalPatienceMs = 30_000;
const calm = 'calm';
const recovering = 'recovering';
const warmUp = 'warm-up';

/**
 * Mixed traffic at 70% of what the server can do, for half an hour, while the receiver of callbacks dies, models hang until the
 * server gives them up, the disk is full, and the clock is set forward and back. Requests are sent at moments of their own, as
 * by callers who know nothing of each other, and their time counts from those moments. At the end everything that was acknowledged
 * must be there, and every callback must have come, in order. `--minutes N`: the same timetable, faster; `--seed N`.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({ args, options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
  const ms = Number(values.minutes ?? minutesDefault) * 60_000;
  const stage = await setStage();
  // The disk takes memory until it is removed.
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => stage.stop().then(() => process.exit(1)));
  try {
    const traffic = new Traffic(stage, Number(values.seed ?? 1));
    stage.receiver.failShare = failShare;
    const capacity = await measureCapacity(stage, traffic, Math.max(capacityMinMs, ms * capacityShare));
    const soak = new Soak(stage, traffic, { ms, ratePerSecond: loadShare * capacity });
    await soak.run();
    return {
      benchmark: 'soak',
      machine: describeMachine(),
      settings: describeSettings(stage, ms, capacity),
      ...soak.report(),
      ...(await conclude(stage, traffic)),
    };
  } finally {
    await stage.stop();
  }
}

function describeSettings({ disk, server }: Stage, ms: number, capacity: number) {
  return {
    database: 'SQLite',
    disk: disk ? 'tmpfs: a commit waits for no disk' : 'the temporary folder; the full disk was left out',
    nodeOptions: server.nodeOptions,
    minutes: ms / 60_000,
    callbacksFailing: failShare,
    capacityPerSecond: round(capacity),
    ratePerSecond: round(loadShare * capacity),
  };
}

/**
 * Operations a second for which the server's core has time, with everything that they have the server do afterwards and a
 * fifth of the callbacks failing. Where this process may use one core only, the two share it.
 */
async function measureCapacity(stage: Stage, traffic: Traffic, ms: number): Promise<number> {
  // The server compiles what it runs often.
  await drive(stage, traffic, ms * warmUpForCapacity);
  const look = processorWatch(stage);
  const operations = await drive(stage, traffic, ms);
  const { elapsedMs, serverMs, benchMs } = look();
  const busyMs = availableParallelism() === 1 ? serverMs + benchMs : serverMs;
  const perSecond = (1000 * operations) / (busyMs || elapsedMs);
  process.stderr.write(`capacity: ${round(perSecond)} operations a second\n`);
  return perSecond;
}

/** Answers how many operations there were. */
async function drive(stage: Stage, traffic: Traffic, ms: number): Promise<number> {
  const startedAt = performance.now();
  let operations = 0;
  const caller = async () => {
    while (performance.now() - startedAt < ms) {
      await traffic.next().run();
      operations += 1;
    }
  };
  await Promise.all(Array.from({ length: callersAtOnce }, caller));
  const deadline = performance.now() + leftOverPatienceMs;
  while ((await readQueue(stage)).depth > leftOverShare * operations && performance.now() < deadline)
    await delay(100);
  return operations;
}

/** The open loop, the faults on their timetable, and what was seen. */
class Soak {
  readonly #stage: Stage;
  readonly #traffic: Traffic;
  readonly #ms: number;
  readonly #ratePerSecond: number;
  readonly #recorder = new Recorder();
  readonly #troubles: Trouble[] = [];
  readonly #underWay = new Set<Promise<void>>();
  /** Of a server whose disk may not be touched there is no such fault. */
  readonly #faults: readonly Fault[];
  #startedAt = 0;
  #fault: Fault | undefined;
  #diskFullUntil = 0;
  #queueAtEnd = 0;

  constructor(stage: Stage, traffic: Traffic, { ms, ratePerSecond }: { ms: number; ratePerSecond: number }) {
    this.#stage = stage;
    this.#traffic = traffic;
    this.#ms = ms;
    this.#ratePerSecond = ratePerSecond;
    this.#faults = timetable.filter(({ name }) => name !== diskFull || stage.disk);
    if (!stage.disk) process.stderr.write('no small disk can be mounted here: the full disk is left out\n');
  }

  async run(): Promise<void> {
    this.#startedAt = performance.now();
    await Promise.all([this.#sendAll(), this.#makeTroubles(), this.#watch()]);
    await Promise.all(this.#underWay);
    this.#queueAtEnd = (await readQueue(this.#stage)).depth;
  }

  report() {
    const { windows } = this.#recorder;
    const calmWindows = windows.filter(({ phase }) => phase === calm);
    const afterWarmUp = windows.filter(({ phase }) => phase !== warmUp);
    const phases = this.#recorder.byPhase();
    const operations = this.#recorder.byOperation(calm);
    const faults = this.#troubles.map((trouble) => recovery(windows, trouble));
    printTable(phases.map(({ errors, ...row }) => ({ ...row, errors: errors && JSON.stringify(errors) })));
    printTable(operations.map(({ errors: _, ...row }) => row));
    printTable(faults);
    return {
      phases,
      operationsWhenCalm: operations,
      drift: drift(calmWindows),
      processorWhenCalm: processorUse(calmWindows),
      memory: {
        megabytesAtStart: windows[0]?.megabytes ?? null,
        megabytesAtEnd: windows.at(-1)?.megabytes ?? null,
        megabytesPeak: this.#stage.server.memory()?.megabytesPeak ?? null,
        megabytesOfFilesAtEnd: this.#stage.server.memory()?.megabytesOfFiles ?? null,
        megabytesPerHour: megabytesPerHour(afterWarmUp),
        megabytesPerHourSecondHalf: megabytesPerHour(windows.slice(windows.length / 2)),
      },
      queue: {
        medianWhenCalm: median(calmWindows.map(({ queue }) => queue)),
        max: Math.max(...windows.map(({ queue }) => queue)),
        atEnd: this.#queueAtEnd,
      },
      faults,
    };
  }

  get #elapsed(): number {
    return performance.now() - this.#startedAt;
  }

  /** Each at its moment, whatever became of those before it. */
  async #sendAll(): Promise<void> {
    const chance = seededChance(7);
    for (let dueAt = 0; dueAt < this.#ms; ) {
      while (dueAt <= this.#elapsed) {
        this.#send(dueAt);
        dueAt += (-Math.log(1 - chance()) * 1000) / this.#ratePerSecond;
      }
      await delay(1);
    }
  }

  #send(dueAt: number): void {
    const { name, isWrite, run } = this.#traffic.next();
    const phase = this.#phaseAt(dueAt);
    const sending = run().then((answer) => {
      const isDiskFull = dueAt < this.#diskFullUntil;
      this.#recorder.record(phase, {
        name,
        isWrite,
        ms: this.#elapsed - dueAt,
        status: answer?.status ?? 0,
        hasRetryAfter: /^retry-after:/im.test(answer?.head ?? ''),
        isDiskFull,
      });
      this.#underWay.delete(sending);
    });
    this.#underWay.add(sending);
  }

  async #makeTroubles(): Promise<void> {
    for (const fault of this.#faults) {
      await delay(Math.max(0, fault.from * this.#ms - this.#elapsed));
      this.#fault = fault;
      const fromSeconds = this.#elapsed / 1000;
      process.stderr.write(`${fault.name}\n`);
      if (fault.name === diskFull) this.#diskFullUntil = Number.POSITIVE_INFINITY;
      await fault.begin(this.#stage);
      if (fault.name === diskFull) await this.#untilRefused();
      await delay((fault.to - fault.from) * this.#ms);
      await fault.end(this.#stage);
      if (fault.name === diskFull) this.#diskFullUntil = this.#elapsed;
      this.#fault = undefined;
      this.#troubles.push({ fault: fault.name, fromSeconds, toSeconds: this.#elapsed / 1000 });
    }
  }

  /** The disk is full once the database has used up what it had taken before; slow traffic takes a while. */
  async #untilRefused(): Promise<void> {
    const deadline = this.#elapsed + refusalPatienceMs;
    while (this.#recorder.refusals === 0 && this.#elapsed < deadline) await delay(100);
  }

  async #watch(): Promise<void> {
    const windowMs = Math.max(windowMinMs, this.#ms / windowsWanted);
    const look = processorWatch(this.#stage);
    for (let endsAt = windowMs; endsAt <= this.#ms; endsAt += windowMs) {
      const phase = this.#phaseAt(endsAt - windowMs);
      await delay(Math.max(0, endsAt - this.#elapsed));
      const { depth } = await readQueue(this.#stage);
      const megabytes = this.#stage.server.memory()?.megabytesNow ?? null;
      const atSeconds = this.#elapsed / 1000;
      this.#recorder.endWindow(this.#fault?.name ?? phase, { atSeconds, megabytes, ...look(), queue: depth });
      // The fakes keep what they were asked.
      this.#stage.languageModel.questions.length = 0;
      this.#stage.embeddings.requests.length = 0;
    }
  }

  #phaseAt(ms: number): string {
    if (this.#fault) return this.#fault.name;
    const share = ms / this.#ms;
    if (share < warmUpShare) return warmUp;
    const last = this.#faults.findLast(({ to }) => to <= share);
    return last && share < last.to + recoveryShare ? recovering : calm;
  }
}

/** Answers, each time, what was used since the time before. */
function processorWatch({ server }: Stage) {
  const isTold = server.memory() !== null;
  const read = () => ({
    elapsedMs: performance.now(),
    serverMs: isTold ? processorMs(server.pid) : 0,
    benchMs: isTold ? processorMs(process.pid) : 0,
  });
  let last = read();
  return () => {
    const { elapsedMs, serverMs, benchMs } = last;
    last = read();
    return {
      elapsedMs: last.elapsedMs - elapsedMs,
      serverMs: last.serverMs - serverMs,
      benchMs: last.benchMs - benchMs,
    };
  };
}

/** Ends what is going on, waits for the end of all work, and holds what is there against what was acknowledged. */
async function conclude(stage: Stage, traffic: Traffic) {
  stage.receiver.failShare = 0;
  await traffic.finish();
  const drained = await drain(stage);
  const replayed = await replayGivenUp(stage);
  const damage = await verify(stage, traffic.dialogues, replayed);
  const { delivered, attempts, badSignatures } = stage.receiver;
  printTable([damage]);
  return {
    dialogues: traffic.dialogues.length,
    callbacks: { attempts, delivered: delivered.length, badSignatures, givenUpAndReplayed: replayed.size },
    drainedAfterSeconds: round(drained.seconds),
    leftInQueue: drained.left,
    ...damage,
    diskMegabytesUsed: stage.disk && round(stage.disk.used() / 1e6),
  };
}
