import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { conversationTables } from '../../src/conversations/conversations/deletion.store.ts';
import { profileTables, storeTables } from '../../src/memory/erasure/erasure.store.ts';
import { deletionOf } from '../../src/storage/delete-some.ts';
import { type Database, type ErasableTable, openDatabase } from '../../src/storage/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Column {
  readonly table: string;
  readonly name: string;
  /** Place in the primary key, from 1; 0 when it is not part of it. */
  readonly pk: number;
}

async function openEmpty(): Promise<Database> {
  return openDatabase({ sqliteFile: `${temporaryFolder()}/rapport.db` });
}

async function columnsOf(db: Database): Promise<Column[]> {
  const { rows } = await sql<Column>`
    select tables.name as "table", columns.name as name, columns.pk as pk
    from sqlite_schema as tables, pragma_table_info(tables.name) as columns
    where tables.type = 'table' order by columns.pk`.execute(db.reader);
  return rows;
}

/** Tables with a column of this name. */
function tablesWith(columns: readonly Column[], name: string): string[] {
  return columns.filter((column) => column.name === name).map(({ table }) => table);
}

const lists: [string, readonly ErasableTable[]][] = [
  ['store', storeTables],
  ['profile', profileTables],
  ['conversation', conversationTables],
];

describe('the tables that are erased', () => {
  it('with a conversation are all that name one, but for what is remembered of it', async () => {
    const db = await openEmpty();
    const naming = tablesWith(await columnsOf(db), 'conversation_id');
    await db.close();
    const remembered = ['observation_provenance', 'conversation_summaries'];
    const listed = conversationTables.map(({ table }) => table);
    expect(listed.sort()).toEqual(naming.filter((table) => !remembered.includes(table)).sort());
  });

  it('with a store are all that name it or one of its profiles, but for mentions of profiles in conversations', async () => {
    const db = await openEmpty();
    const columns = await columnsOf(db);
    await db.close();
    const naming = new Set(
      ['store_id', 'profile_id', 'holder_id'].flatMap((name) => tablesWith(columns, name)),
    );
    // Conversations outlive a store, and forget its profiles.
    const mentions = ['participants', 'event_profiles'];
    // These come last, with their jobs and after their contents.
    const last = ['imports', 'profiles'];
    const listed = [...storeTables, ...profileTables].map(({ table }): string => table);
    expect([...listed, ...mentions, ...last].sort()).toEqual([...naming].sort());
  });

  it.each(lists)('with a %s are listed with what makes their rows unique', async (_what, tables) => {
    const db = await openEmpty();
    const columns = await columnsOf(db);
    await db.close();
    for (const { table, key } of tables) {
      const primary = columns.filter((column) => column.table === table && column.pk > 0);
      expect.soft(key, table).toEqual(expect.arrayContaining(primary.map(({ name }) => name)));
    }
  });

  it.each(lists)('with a %s are searched by an index, never scanned', async (_what, tables) => {
    const db = await openEmpty();
    for (const table of tables) {
      for (const ids of [['a'], ['a', 'b']]) {
        const deletion = deletionOf(table, { accountId: 'AC1', ids }, 10);
        const { rows } = await sql<{ detail: string }>`explain query plan ${deletion}`.execute(db.reader);
        const [rowsFound, ...rowsChosen] = rows
          .map(({ detail }) => detail)
          .filter((detail) => /SEARCH|SCAN/.test(detail));
        expect.soft(rowsFound, table.table).toMatch(/^SEARCH/);
        for (const step of rowsChosen)
          expect.soft(step).toMatch(new RegExp(`^SEARCH ${table.table} USING .*\\(${table.by}=`));
        expect.soft(rowsChosen).not.toEqual([]);
      }
    }
    await db.close();
  });
});
