import { statfsSync } from 'node:fs';

const folder = '/dev/shm';
/** Clusters of PostgreSQL take most of what is there at once. */
const bytesMin = 2 * 1024 ** 3;

/**
 * Where tests have their databases: in memory where Linux has room for them, since every commit waits for a disk. Processes are
 * killed here and machines are not, so no test can tell. A `TMPDIR` that is set stays.
 */
export function temporaryEnvironment(): Readonly<Record<string, string>> {
  return process.env['TMPDIR'] === undefined && hasRoom() ? { TMPDIR: folder } : {};
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= bytesMin;
  } catch {
    return false;
  }
}
