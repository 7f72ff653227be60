import { type Config, loadConfig } from '../config/index.ts';
import { nameEmbedder } from '../models/index.ts';
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

/** The embedding model, as rules take it. */
export async function embeddingsOf({ embeddings }: Config): Promise<{ model: string } | undefined> {
  return embeddings && { model: await nameEmbedder(embeddings) };
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}
