import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';
import { fetchServedContract } from '../support/contract-check.ts';
import { publishedContract, whyNoContractFiles } from '../support/contract-files.ts';
import { type CoverageRow, type CoverageTable, claimsOf, renderCoverage } from '../support/coverage-page.ts';
import { readRun, whyNoRun } from '../support/coverage-records.ts';
import { listSdkOperations, operationKey, type SdkOperation } from '../support/coverage-sdk.ts';

const page = new URL('../../docs/wire/coverage.md', import.meta.url);
const isRewriting = process.env['RAPPORT_COVERAGE_PAGE'] === 'write';
const reason = whyNoRun();
/** The published contract has it, the SDK no longer does. */
const onlyPublished = ['CreateProfileEvents'];

let server: TestServer;
let tables: CoverageTable[];

beforeAll(async () => {
  server = await startTestServer();
  const { memory, conversations } = await listSdkOperations();
  tables = [
    { title: 'Memory API v1', rows: await toRows(memory) },
    { title: 'Conversations API v2', rows: await toRows(conversations) },
  ];
});
afterAll(() => server.stop());

function because(whyNot: string | undefined): string {
  return whyNot ? ` (skipped: ${whyNot})` : '';
}

/** What the SDK can ask, with what the run has seen of it. */
async function toRows(operations: readonly SdkOperation[]): Promise<CoverageRow[]> {
  const served = await fetchServedContract(server.url);
  const names = new Map(
    served.operations.map(({ method, path, operationId }) => [operationKey(method, path), operationId]),
  );
  const run = reason ? new Map() : readRun();
  const rows = operations.map((operation) => {
    const key = operationKey(operation.method, operation.path);
    return { ...operation, operation: names.get(key) ?? key, drive: run.get(key) };
  });
  return rows.toSorted(byPath);
}

function byPath(one: SdkOperation, other: SdkOperation): number {
  return one.path.localeCompare(other.path) || one.method.localeCompare(other.method);
}

describe('every operation that the SDK has', () => {
  it('is found by calling its methods', () => {
    const [memory, conversations] = tables;
    expect(memory?.rows).toHaveLength(46);
    expect(conversations?.rows).toHaveLength(22);
  });

  it('is served and described', () => {
    const unknown = tables.flatMap(({ rows }) => rows).filter(({ operation }) => operation.includes(' '));
    expect(unknown.map(({ call }) => call)).toEqual([]);
  });
});

describe.skipIf(whyNoContractFiles)(`the published contract${because(whyNoContractFiles)}`, () => {
  it('has the same operations as the SDK, under the names that this server uses', () => {
    const published = ['/v1/', '/v2/'].flatMap((path) => publishedContract(path)?.operations ?? []);
    const names = published.map(({ method, path, operationId }) => [operationKey(method, path), operationId]);
    const ours = tables
      .flatMap(({ rows }) => rows)
      .map(({ method, path, operation }) => [operationKey(method, path), operation]);
    expect(ours.toSorted()).toEqual(
      names.filter(([, name]) => !onlyPublished.includes(name ?? '')).toSorted(),
    );
  });
});

describe.skipIf(reason)(`the run of all contract tests${because(reason)}`, () => {
  it('drives every operation of the SDK', () => {
    const missed = tables.flatMap(({ rows }) => rows).filter(({ drive }) => !drive);
    expect(missed.map(({ call }) => call)).toEqual([]);
  });

  it('agrees with docs/wire/coverage.md; when it does not, run `npm run coverage-page`', () => {
    const current = renderCoverage(tables);
    if (isRewriting) writeFileSync(page, current);
    expect(claimsOf(current)).toEqual(claimsOf(readFileSync(page, 'utf8')));
  });
});
