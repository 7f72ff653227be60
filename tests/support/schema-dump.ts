import { sql } from 'kysely';
import type { Database } from '../../src/storage/index.ts';
import { pgvectorColumns } from '../../src/storage/postgres/pgvector.ts';

/**
 * The database's schema as SQL text, in an order that depends on names alone; left out are the migrator's own tables, and what a
 * table has only where the server has pgvector.
 */
export async function dumpSchema(db: Database): Promise<string> {
  const statements = db.engine === 'sqlite' ? await dumpSqlite(db) : await dumpPostgres(db);
  return `${statements.join(';\n\n')};\n`;
}

async function dumpSqlite(db: Database): Promise<string[]> {
  const { rows } = await sql<{ sql: string }>`
    select sql from sqlite_schema
    where sql is not null and tbl_name not like 'kysely_%'
    order by tbl_name, type desc, name`.execute(db.reader);
  return rows.map((row) => (row.sql.startsWith('CREATE TABLE') ? onLines(row.sql) : row.sql));
}

/** Each column on a line of its own, so that a change is one line of the diff. */
function onLines(createTable: string): string {
  return createTable
    .replace('(', '(\n  ')
    .replaceAll(/, (?="\w+" (text|integer|blob)|constraint )/g, ',\n  ');
}

async function dumpPostgres(db: Database): Promise<string[]> {
  const { rows } = await sql<{ statement: string }>`
    with tables as (
      select oid, relname from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not like 'kysely_%'
    ), columns as (
      select tables.relname, attnum, format('  %I %s%s%s', attname, format_type(atttypid, atttypmod),
        case when collname = 'default' or collname is null then '' else format(' collate %I', collname) end,
        case when attnotnull then ' not null' else '' end) as line
      from tables join pg_attribute on attrelid = tables.oid and attnum > 0 and not attisdropped
        and (relname <> 'memory_vectors' or attname not in (${sql.join(pgvectorColumns)}))
      left join pg_collation on pg_collation.oid = attcollation
    ), statements as (
      select relname, 1 as part, '' as name,
        format(E'create table %I (\n%s\n)', relname, string_agg(line, E',\n' order by attnum)) as statement
      from columns group by relname
      union all
      select relname, 2, conname, format('alter table %I add constraint %I %s', relname, conname, pg_get_constraintdef(pg_constraint.oid))
      from tables join pg_constraint on conrelid = tables.oid and contype in ('p', 'u', 'f', 'c')
      union all
      select relname, 3, indexrelid::regclass::text, pg_get_indexdef(indexrelid)
      from tables join pg_index on indrelid = tables.oid and not indisprimary
    )
    select statement from statements order by relname collate "C", part, name collate "C"`.execute(db.reader);
  return rows.map((row) => row.statement);
}
