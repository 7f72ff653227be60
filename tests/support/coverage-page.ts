import type { Drive } from './coverage-records.ts';
import type { SdkOperation } from './coverage-sdk.ts';

/** How an operation of the SDK fares here. */
export interface CoverageRow extends SdkOperation {
  /** `operationId` of the contract. */
  readonly operation: string;
  /** Undefined when no contract test drives it. */
  readonly drive: Drive | undefined;
}

export interface CoverageTable {
  readonly title: string;
  readonly rows: readonly CoverageRow[];
}

const filesMax = 3;

/** The page docs/wire/coverage.md. */
export function renderCoverage(tables: readonly CoverageTable[]): string {
  return `${[
    '# What the official SDK can ask, and what the tests ask of this server through it',
    'Made by `npm run coverage-page` from a run of the contract tests; a test fails when it is out of date. Every answer',
    'in those tests is held against the OpenAPI document of the server and, where its files are at hand, against the',
    'published contract.',
    ...tables.flatMap(renderTable),
  ].join('\n')}\n`;
}

function renderTable({ title, rows }: CoverageTable): string[] {
  const driven = rows.filter(({ drive }) => drive).length;
  return [
    '',
    `## ${title}`,
    '',
    `${rows.length} operations: ${driven} driven by tests.`,
    '',
    '| Operation | Call of the SDK | Answers seen | Tests |',
    '|---|---|---|---|',
    ...rows.map(renderRow),
  ];
}

function renderRow({ operation, call, drive }: CoverageRow): string {
  const seen = drive ? [drive.statuses.join(', '), renderTests(drive)] : ['', 'none'];
  return `| ${[operation, `\`${call}\``, ...seen].join(' | ')} |`;
}

function renderTests({ tests }: Drive): string {
  const count = tests.reduce((sum, [, inFile]) => sum + inFile, 0);
  const files = tests.slice(0, filesMax).map(([file, inFile]) => `${file} ${inFile}`);
  const others = tests.length > filesMax ? [`${tests.length - filesMax} more files`] : [];
  return `${count}: ${[...files, ...others].join(', ')}`;
}

/**
 * What a page says that may not be out of date: the operations, their calls, and whether tests drive them. How many tests there
 * are is left out, so that a new test leaves the page as it is.
 */
export function claimsOf(page: string): string[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| Operation'))
    .map((line) => {
      const [operation, call, , tests = ''] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return `${operation} ${call} ${/^\d+: /.test(tests) ? 'driven' : tests}`;
    });
}
