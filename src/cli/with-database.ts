import { type Config, loadConfig } from '../config/index.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { type Database, openDatabase } from '../storage/index.ts';

/** Runs a command's work on the configured database, also beside a running server. */
export async function withDatabase(
  work: (parts: { db: Database; clock: Clock; config: Config }) => Promise<void>,
): Promise<void> {
  const config = loadConfig(process.env);
  const db = await openDatabase(config.database);
  try {
    await work({ db, clock: systemClock, config });
  } finally {
    await db.close();
  }
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}
