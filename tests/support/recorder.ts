import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Contract, Exchange } from './contract.ts';
import { differencesOf, fetchServedContract } from './contract-check.ts';

/** That a test of a file got a status for an operation through the SDK. */
export interface Sighting {
  /** Method and path of the operation, such as `GET /v1/Stores/{storeId}/Profiles`. */
  readonly operation: string;
  readonly status: number;
  /** Undefined for what happened outside tests: before them, mostly. */
  readonly test?: string;
}

/** Folder that collects what each test file saw, for the check of the whole run; unset in other runners than ours. */
export const recordsFolder = process.env['RAPPORT_TEST_RECORDS'];

const sightings = new Map<string, Sighting>();
const differences: string[] = [];
let currentTest: string | undefined;
let served: Promise<Contract> | undefined;

/**
 * Holds an answer against the document that the server gives of itself and against the published contract, and fails the
 * test it came in when it differs from either. What came through the SDK is noted for the coverage page.
 */
export async function recordExchange(
  origin: string,
  exchange: Exchange,
  client: 'sdk' | 'plain',
): Promise<void> {
  // All servers serve the same document.
  served ??= fetchServedContract(origin);
  const contract = await served;
  differences.push(...differencesOf(contract, exchange));
  const operation = contract.find(exchange.method, exchange.url);
  if (client === 'sdk' && operation) note(`${operation.method} ${operation.path}`, exchange.status);
}

function note(operation: string, status: number): void {
  const sighting = { operation, status, ...(currentTest ? { test: currentTest } : {}) };
  sightings.set(JSON.stringify(sighting), sighting);
}

/** From now on what is noted belongs to this test; undefined outside tests. */
export function recordFor(test: string | undefined): void {
  currentTest = test;
}

/** The differences that were found since the last call. */
export function takeDifferences(): string[] {
  return differences.splice(0);
}

/** Writes down what a test file saw, and begins anew for the next. */
export function endRecordsOf(testPath: string): void {
  const seen = [...sightings.values()];
  sightings.clear();
  if (!recordsFolder || !testPath.includes('/tests/contract/')) return;
  mkdirSync(recordsFolder, { recursive: true });
  writeFileSync(join(recordsFolder, `${basename(testPath)}.json`), JSON.stringify(seen));
}
