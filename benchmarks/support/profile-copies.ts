import Sqlite from 'better-sqlite3';

const copiesAtOnce = 100;
const digits = 7;

/** What is held of a profile, with the column that names it. */
const tables = {
  profiles: 'id',
  memory_versions: 'profile_id',
  observations: 'profile_id',
  memory_vectors: 'profile_id',
} as const;

/** Copies a profile and all that is remembered of it, under ids of the same form, until the file has so many bytes. The number of copies. */
export function multiplyProfile(file: string, profileId: string, bytes: number): number {
  const db = new Sqlite(file);
  try {
    // What is lost with the machine is made anew.
    db.pragma('synchronous = OFF');
    const copies = Object.entries(tables).map(([table, column]) => copyOf(db, table, column));
    const sizeOf = () =>
      Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
    let done = 0;
    while (sizeOf() < bytes) {
      const ids = Array.from({ length: copiesAtOnce }, (_, at) => copiedId(profileId, done + at));
      db.transaction(() => {
        for (const id of ids) for (const copy of copies) copy.run({ id, profileId });
      })();
      done += copiesAtOnce;
      if (done % 1000 === 0) process.stderr.write(`${done} copies, ${Math.round(sizeOf() / 1e6)} MB\n`);
    }
    db.pragma('wal_checkpoint(TRUNCATE)');
    return done;
  } finally {
    db.close();
  }
}

function copyOf(db: Sqlite.Database, table: string, column: string): Sqlite.Statement {
  const columns = (db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
  const values = columns.map((name) => (name === column ? '@id' : name));
  return db.prepare(
    `insert into ${table} (${columns.join()}) select ${values.join()} from ${table} where ${column} = @profileId`,
  );
}

function copiedId(id: string, number: number): string {
  return id.slice(0, -digits) + String(number).padStart(digits, '0');
}
