import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { TestServer } from '../../src/testing/index.ts';

/** Every value of every table that contains one of the texts, as `table: value`. */
export async function findInTables(server: TestServer, texts: readonly string[]): Promise<string[]> {
  const { reader, engine } = server.context.db;
  const names = await sql<{ name: string }>`${sql.raw(
    engine === 'sqlite'
      ? "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
      : "select table_name as name from information_schema.tables where table_schema = 'public'",
  )}`.execute(reader);
  const found: string[] = [];
  for (const { name } of names.rows) {
    const { rows } = await sql<object>`select * from ${sql.table(name)}`.execute(reader);
    for (const row of rows) {
      const json = JSON.stringify(row);
      if (texts.some((text) => json.includes(text))) found.push(`${name}: ${json}`);
    }
  }
  return found;
}

/** Files below the folder that contain the text as bytes. */
export function findInFiles(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile() && readFileSync(file).includes(text));
}
