/** The process of a load: reads it from stdin, prints what it saw. The argument is where the tools are. */
import type { EventEmitter } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Load, LoadResult } from './load.ts';
import { percentile, round } from './machine.ts';
import { requireTool } from './tools.ts';

/** What is used of autocannon. */
type Autocannon = (
  options: object,
  done: (
    error: Error | null,
    result: { errors: number; timeouts: number; non2xx: number; duration: number },
  ) => void,
) => EventEmitter;

const { url, headers, requests, connections, seconds } = JSON.parse(await text(process.stdin)) as Load;
const autocannon = requireTool<Autocannon>(process.argv[2] ?? '', 'autocannon');
const durations: number[] = [];
let clients = 0;

/** Connections that all begin with the same request would ask for the same things at the same time. */
function setupClient(client: { setRequests(list: typeof requests): void }): void {
  const start = Math.floor((clients * requests.length) / connections);
  clients += 1;
  const turned = [...requests.slice(start), ...requests.slice(0, start)];
  client.setRequests(turned.map((one) => ({ headers, ...one })));
}

const result = await new Promise<LoadResult>((resolve, reject) => {
  const running = autocannon(
    {
      url,
      headers,
      connections,
      duration: seconds,
      requests: requests.map((one) => ({ headers, ...one })),
      setupClient,
    },
    (error, { errors, timeouts, non2xx, duration }) => {
      if (error) return reject(error);
      resolve({
        perSecond: Math.round(durations.length / duration),
        p50Ms: round(percentile(durations, 0.5), 2),
        p95Ms: round(percentile(durations, 0.95), 2),
        p99Ms: round(percentile(durations, 0.99), 2),
        failures: errors + timeouts + non2xx,
      });
    },
  );
  running.on('response', (_client: unknown, _status: number, _bytes: number, ms: number) => {
    durations.push(ms);
  });
});
process.stdout.write(JSON.stringify(result));
