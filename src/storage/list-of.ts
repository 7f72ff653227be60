import { type RawBuilder, sql } from 'kysely';
import type { Reader } from './database.ts';
import { engineOf } from './engine.ts';
import { jsonParameter } from './json-parameter.ts';

/**
 * Texts to select from, in a column `item`. However many they are, the query stays the same.
 *
 * @example
 * reader.selectFrom(listOf(reader, ids).as('sought')).select('sought.item')
 */
export function listOf(reader: Reader, texts: readonly string[]): RawBuilder<{ item: string }> {
  return engineOf(reader) === 'postgres'
    ? sql`(select unnest(${texts}::text[]) as item)`
    : sql`(select value as item from json_each(${jsonParameter(texts)}))`;
}
