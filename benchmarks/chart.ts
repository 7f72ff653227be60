import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Bar, drawBars, type Panel } from './support/bar-chart.ts';

/** What is read of a result of the benchmark `api`. */
interface ApiResult {
  readonly operations: readonly Operation[];
  readonly connections: number;
}

interface Operation {
  readonly name: string;
  readonly perSecond: number;
  readonly floor?: string;
  readonly ofFloor?: number;
  readonly peerOf?: string;
  readonly timesSlower?: number | null;
}

/** Draws the result of the benchmark `api` in the file named, beside it as an SVG: the operations over their floors, and the peers. */
export async function run(args: string[]): Promise<unknown> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const [file = ''] = positionals;
  // Whoever names another file sees an empty chart.
  const result = JSON.parse(readFileSync(file, 'utf8')) as ApiResult;
  const svg = file.replace(/\.json$/, '.svg');
  writeFileSync(svg, drawBars(panelsOf(result)));
  return { chart: svg };
}

function panelsOf({ operations, connections }: ApiResult): Panel[] {
  const floors = new Map(operations.map(({ name, perSecond }) => [name, perSecond]));
  const beside = operations.filter(({ floor }) => floor !== undefined);
  const peers = operations.filter(({ peerOf }) => peerOf !== undefined);
  const compared = operations.filter(({ name }) => peers.some(({ peerOf }) => peerOf === name));
  const panels: Panel[] = [
    {
      title: `Requests a second over ${connections} connections, and what Fastify does with one read or insert`,
      bars: beside.map((one) => ({
        ...barOf(one, ` (${one.ofFloor})`),
        floor: floors.get(one.floor ?? '') ?? 0,
      })),
    },
  ];
  if (peers.length === 0) return panels;
  const title = 'Ten memories for a question, requests a second, each step tenfold';
  const bars = compared.flatMap((own) => [
    barOf(own),
    ...peers
      .filter(({ peerOf }) => peerOf === own.name)
      .map((peer) => ({ ...barOf(peer, timesOf(peer)), isPeer: true })),
  ]);
  return [...panels, { title, bars, isLogarithmic: true }];
}

function barOf({ name, perSecond }: Operation, more = ''): Bar {
  return { label: name, value: perSecond, text: `${perSecond.toLocaleString('en')}${more}` };
}

function timesOf({ timesSlower }: Operation): string {
  return timesSlower ? ` (1/${Math.round(timesSlower)})` : '';
}
