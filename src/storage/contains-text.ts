import { type RawBuilder, sql } from 'kysely';
import type { Reader } from './database.ts';
import { engineOf } from './engine.ts';

/** Whether a column holds a text somewhere, letter for letter; `like` takes case for nothing on one engine. */
export function containsText(reader: Reader, column: string, text: string): RawBuilder<boolean> {
  const place = engineOf(reader) === 'postgres' ? sql`strpos` : sql`instr`;
  return sql<boolean>`${place}(${sql.ref(column)}, ${text}) > 0`;
}
