import type { KyselyPlugin } from 'kysely';
import type { Database, Reader, Tx } from '../../src/storage/index.ts';

/** Counts the queries that anybody makes of the database while `measure` runs; those of the benchmark itself too. */
export async function countQueries<T>(
  db: Database,
  measure: (queries: () => number) => Promise<T>,
): Promise<T> {
  let count = 0;
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      count += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const { reader } = db;
  const { transaction } = db;
  const counted = {
    // Nobody closes a database through a reader.
    reader: reader.withPlugin(plugin) as Reader,
    transaction: <R>(work: (tx: Tx) => Promise<R>) =>
      transaction.call(db, (tx) => work(tx.withPlugin(plugin) as Tx)) as Promise<R>,
  };
  Object.assign(db, counted);
  try {
    return await measure(() => count);
  } finally {
    Object.assign(db, { reader, transaction });
  }
}
