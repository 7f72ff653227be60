import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the test files of one run leave their records; gone when the runner ends. */
export function recordsFolderOfRun(): string {
  const folder = join(tmpdir(), `rapport-test-records-${process.pid}`);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
