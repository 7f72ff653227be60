import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect } from 'vitest';
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
  // All servers of a test file serve the same document.
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

beforeEach(({ task }) => {
  currentTest = task.id;
});
afterEach(() => {
  currentTest = undefined;
  expect(differences.splice(0)).toEqual([]);
});
afterAll(() => {
  expect(differences.splice(0)).toEqual([]);
  const path = expect.getState().testPath ?? '';
  if (!recordsFolder || !path.includes('/tests/contract/')) return;
  mkdirSync(recordsFolder, { recursive: true });
  writeFileSync(join(recordsFolder, `${basename(path)}.json`), JSON.stringify([...sightings.values()]));
});
