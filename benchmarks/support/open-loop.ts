import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, openConnection } from './connection.ts';
import type { Load } from './load.ts';

/** What came of a load before it is summed up. */
export interface LoadOutcome {
  /** Milliseconds of each answer. */
  readonly durations: readonly number[];
  readonly seconds: number;
  readonly failures: number;
}

const tickMs = 1;

/** Sends requests when they are due, over the first connection that is free; those that have to wait for one wait on their own time. */
export async function runOpenLoop(load: Load, perSecond: number): Promise<LoadOutcome> {
  const pool = await openPool(load);
  const durations: number[] = [];
  let failures = 0;
  const startedAt = performance.now();
  const send = async (number: number) => {
    const dueAt = startedAt + (number * 1000) / perSecond;
    // The remainder is an index of the list.
    const { method, path, body = '' } = load.requests[number % load.requests.length] as Load['requests'][0];
    const connection = await pool.take();
    await connection.send(method, path, body).then(
      () => durations.push(performance.now() - dueAt),
      () => (failures += 1),
    );
    pool.give(connection);
  };
  const total = Math.ceil(perSecond * load.seconds);
  const sent: Promise<void>[] = [];
  while (sent.length < total) {
    const due = ((performance.now() - startedAt) * perSecond) / 1000;
    while (sent.length < Math.min(due, total)) sent.push(send(sent.length));
    await delay(tickMs);
  }
  await Promise.all(sent);
  const seconds = (performance.now() - startedAt) / 1000;
  pool.close();
  return { durations, seconds, failures };
}

async function openPool({ url, headers, connections }: Load) {
  const all = await Promise.all(
    Array.from({ length: connections }, () => openConnection(url, headers['Authorization'] ?? '')),
  );
  const free = [...all];
  const waiting: ((connection: Connection) => void)[] = [];
  return {
    async take(): Promise<Connection> {
      return free.pop() ?? new Promise((resolve) => waiting.push(resolve));
    },
    give(connection: Connection): void {
      const next = waiting.shift();
      if (next) next(connection);
      else free.push(connection);
    },
    close(): void {
      for (const connection of all) connection.close();
    },
  };
}
