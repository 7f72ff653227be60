import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operationKey } from './coverage-sdk.ts';
import { recordsFolder, type Sighting } from './recorder.ts';

/** What the contract tests got for one operation through the SDK. */
export interface Drive {
  /** In ascending order. */
  readonly statuses: readonly number[];
  /** How many tests of a file drove it, by the file's name without its ending; most first. */
  readonly tests: readonly (readonly [file: string, count: number])[];
}

const contractFolder = new URL('../contract/', import.meta.url);

/** The files whose tests drive the SDK. */
function contractFiles(): string[] {
  return readdirSync(contractFolder).filter(
    (file) => file.endsWith('.test.ts') && !file.startsWith('coverage'),
  );
}

/** Why nothing can be said of the run as a whole; undefined when all contract tests were in it. */
export function whyNoRun(): string | undefined {
  if (!recordsFolder) return 'the runner collects no records';
  const missing = contractFiles().filter((file) => !existsSync(recordOf(file)));
  return missing.length > 0 ? `this run was without ${missing.join(', ')}` : undefined;
}

/** What the run has driven, by operation key. */
export function readRun(): Map<string, Drive> {
  const seen = contractFiles().flatMap((file) =>
    readRecord(file).map((sighting) => ({ ...sighting, file: file.replace('.test.ts', '') })),
  );
  const byOperation = Map.groupBy(seen, ({ operation }) => {
    const [method = '', path = ''] = operation.split(' ');
    return operationKey(method, path);
  });
  return new Map([...byOperation].map(([key, sightings]) => [key, toDrive(sightings)]));
}

function toDrive(sightings: readonly (Sighting & { file: string })[]): Drive {
  const statuses = new Set(sightings.map(({ status }) => status));
  const tests = Map.groupBy(
    sightings.filter(({ test }) => test !== undefined),
    ({ file }) => file,
  );
  return {
    statuses: [...statuses].toSorted((one, other) => one - other),
    tests: [...tests]
      .map(([file, inFile]) => [file, new Set(inFile.map(({ test }) => test)).size] as const)
      .toSorted(([one, ones], [other, others]) => others - ones || one.localeCompare(other)),
  };
}

function recordOf(file: string): string {
  return join(recordsFolder ?? '', `${file}.json`);
}

function readRecord(file: string): Sighting[] {
  // Written by the recorder in the same run.
  return JSON.parse(readFileSync(recordOf(file), 'utf8')) as Sighting[];
}
