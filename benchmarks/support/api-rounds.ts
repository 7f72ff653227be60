import type { Target } from './api-targets.ts';
import { type LoadResult, runLoad } from './load.ts';
import { percentile, round } from './machine.ts';
import { forgetPeak, readMemory } from './process-memory.ts';
import { processorMs } from './process-time.ts';

/** What a target did in one round. */
interface Result extends LoadResult {
  /** Processor time of the target's own process for each answer. */
  readonly cpuMsEach: number;
  /** The most memory of the target's process meanwhile; null where the system does not tell. */
  readonly megabytesPeak: number | null;
}

/** Of a round, by name of the target. */
export type Results = ReadonlyMap<string, Result>;

/** Each target in turn; throws when a request fails. */
export async function measureRound(
  toolsOrigin: string,
  targets: readonly Target[],
  { headers, seconds }: { headers: Readonly<Record<string, string>>; seconds: number },
): Promise<Results> {
  const results = new Map<string, Result>();
  for (const { name, source, requests, connections, halfOf, secondsMin = 0 } of targets) {
    await source.idle();
    forgetPeak(source.pid);
    const before = processorMs(source.pid);
    const perSecond = halfOf ? (results.get(halfOf)?.perSecond ?? 0) / 2 : undefined;
    const load = { url: source.url, headers, requests, connections, seconds: Math.max(seconds, secondsMin) };
    const result = await runLoad(toolsOrigin, perSecond ? { ...load, perSecond } : load);
    const cpuMs = processorMs(source.pid) - before;
    process.stderr.write(`${name}: ${result.perSecond} a second\n`);
    if (result.failures > 0) throw new Error(`${name}: ${result.failures} requests failed`);
    results.set(name, {
      ...result,
      cpuMsEach: cpuMs / Math.max(1, result.answered),
      megabytesPeak: readMemory(source.pid)?.megabytesPeak ?? null,
    });
  }
  return results;
}

/** Medians of the rounds; ratios are of numbers of the same round. */
export function summarise({ name, floor, each, peerOf }: Target, rounds: readonly Results[]) {
  const of = (key: keyof Result, target = name) => rounds.map((results) => results.get(target)?.[key] ?? 0);
  const ratioOf = (others: readonly number[], own: readonly number[]) =>
    median(own.map((value, at) => value / (others[at] ?? 1)));
  const perSecond = median(of('perSecond'));
  const cpuMsEach = median(of('cpuMsEach'));
  return {
    name,
    perSecond,
    ...(each ? { thingsPerSecond: perSecond * each } : {}),
    p50Ms: median(of('p50Ms')),
    p95Ms: median(of('p95Ms')),
    p99Ms: median(of('p99Ms')),
    cpuMsEach: round(cpuMsEach, 3),
    perCpuSecond: round(1000 / cpuMsEach, cpuMsEach > 10 ? 1 : 0),
    megabytesPeak: Math.max(...of('megabytesPeak')),
    ...(floor ? { ofFloor: round(ratioOf(of('perSecond', floor), of('perSecond')), 2), floor } : {}),
    ...(peerOf ? { timesSlower: round(ratioOf(of('perSecond'), of('perSecond', peerOf))), peerOf } : {}),
  };
}

function median(numbers: readonly number[]): number {
  return percentile([...numbers], 0.5);
}
