import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a run has the package that it starts in processes of their own; gone when the runner ends. */
export function packageFolderOfRun(): string {
  const folder = join(tmpdir(), `rapport-test-package-${process.pid}`);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
