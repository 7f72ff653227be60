import { afterAll, describe, expect, it } from 'vitest';
import { readContract } from '../support/contract.ts';
import { fetchOpenApi } from '../support/contract-check.ts';
import { readContractFile, whyNoContractFiles } from '../support/contract-files.ts';
import { fuzz, runs } from '../support/fuzz/run.ts';
import { startFuzzServer } from '../support/fuzz/server.ts';
import { targetsOf } from '../support/fuzz/targets.ts';
import { createOtherAccount, createWorld } from '../support/fuzz/world.ts';

/**
 * Whatever an operation is sent, its answer comes in time, is none of the server's own failures, fits its documents, and
 * shows nothing of another account. The requests follow from the documents and a seed; RAPPORT_FUZZ_RUNS sets how many each
 * operation gets, RAPPORT_FUZZ_SEED another seed, RAPPORT_FUZZ_ENGINE another database.
 */
const server = await startFuzzServer();
afterAll(() => server.stop());
const document = await fetchOpenApi(server.url);
const served = readContract(document);
const other = await createWorld(server, await createOtherAccount(server));
const options = { server, served, other };
const timeoutMs = 10_000 + runs * 1_000;

describe('an operation, sent what its own document allows and what it does not', () => {
  it.each(targetsOf(document))('$operationId keeps its promises', { timeout: timeoutMs }, async (target) => {
    const succeeded = await fuzz(target, options);
    // Requests that are all refused would prove little.
    if (/^\/v\d\//.test(target.path)) expect(succeeded).toBeGreaterThan(0);
  });
});

const published = whyNoContractFiles
  ? []
  : [...targetsOf(readContractFile('v1')), ...targetsOf(readContractFile('v2'))];

describe.skipIf(whyNoContractFiles)(
  `an operation, sent what the published contract allows and what it does not${whyNoContractFiles ? ` (skipped: ${whyNoContractFiles})` : ''}`,
  () => {
    it.each(published)('$operationId keeps its promises', { timeout: timeoutMs }, async (target) => {
      await fuzz(target, options);
    });
  },
);
