import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** Held by the one server that works on a data directory. The operating system lets go of it when the process dies. */
export interface DataDirLock {
  release(): void;
}

/** Throws when another server holds the directory. Command lines beside a server do not take this lock. */
export function lockDataDir(dataDir: string): DataDirLock {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = new Sqlite(join(dataDir, 'rapport.lock'), { timeout: 0 });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('begin exclusive');
  } catch (cause) {
    lock.close();
    throw new Error(`Another Rapport server is running on ${dataDir}; stop it or set RAPPORT_DATA_DIR`, {
      cause,
    });
  }
  return { release: () => void lock.close() };
}
