import { type ObservationRow, prepared, type Reader, type Schema } from '../../storage/index.ts';

/** Bounds on `occurredAt`: `beginMs` inclusive, `endMs` exclusive. */
export interface OccurredRange {
  readonly beginMs?: number | undefined;
  readonly endMs?: number | undefined;
}

type MemoryTable = 'observations' | 'conversation_summaries';

/** A kind of memory, as Recall reads it. */
export interface MemorySource<Row> {
  /** The named memories, in no particular order. */
  find(reader: Reader, profileId: string, ids: readonly string[]): Promise<Row[]>;
  /** The newest memories within the range, by `createdAt`. */
  newest(reader: Reader, profileId: string, range: OccurredRange, limit: number): Promise<Row[]>;
}

/** The memories of a table. */
export function memorySource<Table extends MemoryTable>(table: Table): MemorySource<Schema[Table]> {
  // The queries name nothing but columns that both tables have.
  const source = readerOf(table as 'observations');
  // Whole rows come out, of the table that was named.
  return source as MemorySource<unknown> as MemorySource<Schema[Table]>;
}

function readerOf(table: 'observations'): MemorySource<ObservationRow> {
  const find = prepared((reader, { profileId, ids }: { profileId: string; ids: readonly string[] }) =>
    reader.selectFrom(table).selectAll().where('profile_id', '=', profileId).where('id', 'in', ids),
  );
  return {
    find: async (reader, profileId, ids) => (ids.length === 0 ? [] : find(reader, { profileId, ids })),
    newest: (reader, profileId, { beginMs, endMs }, limit) => {
      let query = reader.selectFrom(table).selectAll().where('profile_id', '=', profileId);
      if (beginMs !== undefined) query = query.where('occurred_at', '>=', beginMs);
      if (endMs !== undefined) query = query.where('occurred_at', '<', endMs);
      return query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
    },
  };
}
