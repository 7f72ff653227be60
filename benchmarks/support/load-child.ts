/** The process of a load: reads it from stdin, prints what it saw. The argument is where the tools are. */
import type { EventEmitter } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Load, LoadResult } from './load.ts';
import { percentile, round } from './machine.ts';
import { type LoadOutcome, runOpenLoop } from './open-loop.ts';
import { requireTool } from './tools.ts';

/** What is used of autocannon. */
type Autocannon = (
  options: object,
  done: (
    error: Error | null,
    result: { errors: number; timeouts: number; non2xx: number; duration: number },
  ) => void,
) => EventEmitter;

/** Each connection sends its next request when it has its answer. */
function runClosedLoop({ url, headers, requests, connections, seconds }: Load): Promise<LoadOutcome> {
  const autocannon = requireTool<Autocannon>(process.argv[2] ?? '', 'autocannon');
  const list = requests.map((one) => ({ headers, ...one }));
  let clients = 0;
  // Connections that all begin with the same request would ask for the same things at the same time.
  const setupClient = (client: { setRequests(requests: typeof list): void }) => {
    const start = Math.floor((clients * list.length) / connections);
    clients += 1;
    client.setRequests([...list.slice(start), ...list.slice(0, start)]);
  };
  return new Promise((resolve, reject) => {
    const durations: number[] = [];
    const options = { url, headers, connections, duration: seconds, requests: list, setupClient };
    const running = autocannon(options, (error, { errors, timeouts, non2xx, duration }) => {
      if (error) reject(error);
      else resolve({ durations, seconds: duration, failures: errors + timeouts + non2xx });
    });
    running.on('response', (_client: unknown, _status: number, _bytes: number, ms: number) => {
      durations.push(ms);
    });
  });
}

function sumUp({ durations, seconds, failures }: LoadOutcome): LoadResult {
  const perSecond = durations.length / seconds;
  return {
    answered: durations.length,
    perSecond: round(perSecond, perSecond < 100 ? 1 : 0),
    p50Ms: round(percentile(durations, 0.5), 2),
    p95Ms: round(percentile(durations, 0.95), 2),
    p99Ms: round(percentile(durations, 0.99), 2),
    failures,
  };
}

const load = JSON.parse(await text(process.stdin)) as Load;
const outcome = await (load.perSecond ? runOpenLoop(load, load.perSecond) : runClosedLoop(load));
process.stdout.write(JSON.stringify(sumUp(outcome)));
