import { parseArgs } from 'node:util';

/**
 * `npm run bench -- NAME [options]`: the result as JSON on stdout, progress on stderr. Each benchmark is a module with a
 * `run` that takes the rest of the command line.
 */
interface Benchmark {
  run(args: string[]): Promise<unknown>;
}

const benchmarks: Readonly<Record<string, { summary: string; load: () => Promise<Benchmark> }>> = {
  api: {
    summary:
      'operations a second beside what the machine can do: --engine sqlite|postgres --peers --size small|large',
    load: () => import('./api.ts'),
  },
  chart: {
    summary: 'draws a result of api as an SVG beside it: FILE',
    load: () => import('./chart.ts'),
  },
  start: {
    summary: 'how long a start takes, and memory when idle: --gigabytes N --starts N',
    load: () => import('./start.ts'),
  },
  import: {
    summary: 'rows a second and memory of a CSV import: --rows N --postgres',
    load: () => import('./import.ts'),
  },
  bulk: {
    summary: 'profiles and observations a second, many a call: --profiles N --observations N --postgres',
    load: () => import('./bulk.ts'),
  },
  ingest: {
    summary: 'how long messaging webhooks wait for their answer: --messages N --configurations N',
    load: () => import('./ingest.ts'),
  },
  timers: {
    summary: 'what conversations cost that wait for their timers: --conversations N',
    load: () => import('./timers.ts'),
  },
  latency: {
    summary: 'how long Recall takes over HTTP, and what it costs: --others N --requests N',
    load: () => import('./latency.ts'),
  },
  growth: {
    summary: 'what grows with the store: --engine sqlite|postgres --sizes N,N,... --requests N',
    load: () => import('./growth.ts'),
  },
  recall: {
    summary: 'how much of the evidence Recall finds: --locomo FILE [--noise-embeddings]',
    load: () => import('./recall.ts'),
  },
  'recall-inferred': {
    summary: 'the same when only the conversation is given: --locomo FILE',
    load: () => import('./recall-inferred.ts'),
  },
  vectors: {
    summary: 'how long the nearest vectors take to find: [--sqlite-vec FILE] [--pgvector]',
    load: () => import('./vectors.ts'),
  },
  'fit-recall': {
    summary: 'fits the weights of Recall and cross-validates them: --locomo FILE [--write]',
    load: () => import('./fit-recall.ts'),
  },
  webhooks: {
    summary: 'dialogues as webhooks, with failing callbacks and a killed server: --service FILE',
    load: () => import('./webhooks.ts'),
  },
  guard: {
    summary: 'how much of what must not be remembered is left out, and how much else',
    load: () => import('./guard.ts'),
  },
  cluster: {
    summary: 'many processes on one PostgreSQL, killed one after the other: --service FILE',
    load: () => import('./cluster.ts'),
  },
  cost: {
    summary: 'processor time, log and bytes of each operation on PostgreSQL: --profiles N --conversations N',
    load: () => import('./cost.ts'),
  },
  soak: {
    summary: 'half an hour of mixed traffic with faults, and whether anything was lost: --minutes N',
    load: () => import('./soak.ts'),
  },
  extraction: {
    summary: 'how much of what dialogues establish is written down: --service FILE --support FILE',
    load: () => import('./extraction.ts'),
  },
};

const { positionals } = parseArgs({ strict: false, allowPositionals: true });
const name = positionals[0] ?? '';
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
if (benchmark) {
  const { run } = await benchmark.load();
  const result = await run(process.argv.slice(3));
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} else {
  const list = Object.entries(benchmarks).map(([known, { summary }]) => `  ${known.padEnd(12)}${summary}`);
  process.stderr.write(`npm run bench -- NAME [options]\n\n${list.join('\n')}\n`);
  process.exitCode = 1;
}
