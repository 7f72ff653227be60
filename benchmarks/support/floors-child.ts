/**
 * The process of the floors: bare node:http; Fastify with one prepared read, or one durable insert, of SQLite; the same of
 * PostgreSQL. Inserts that arrive together share a commit, as the server's own do. Prints its URL.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fastify from 'fastify';
import pg from 'pg';

const [, , folder = '.', postgresUrl = ''] = process.argv;
const rows = 10_000;
const body = { id: 1, name: 'a row', text: 'x'.repeat(200) };
const app = fastify();

const db = new Sqlite(join(folder, 'floor.db'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec('create table if not exists rows (id text primary key, body text not null)');
const insert = db.prepare('insert or replace into rows values (?, ?)');
const read = db.prepare('select id, body from rows where id = ?');
db.transaction(() => {
  for (let id = 1; id <= rows; id += 1) insert.run(String(id), JSON.stringify(body));
})();

const waiting: { text: string; resolve: () => void }[] = [];
const commit = db.transaction((batch: typeof waiting) => {
  for (const { text } of batch) insert.run(randomUUID(), text);
});

function insertDurably(text: string): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push({ text, resolve }) > 1) return;
    setImmediate(() => {
      const batch = waiting.splice(0);
      commit(batch);
      for (const item of batch) item.resolve();
    });
  });
}

app.get<{ Params: { id: string } }>('/sqlite/:id', async ({ params }) => read.get(params.id));
app.post('/sqlite', async (request) => {
  await insertDurably(JSON.stringify(request.body));
  return { status: 'ok' };
});

if (postgresUrl) {
  const pool = new pg.Pool({ connectionString: postgresUrl, max: 10 });
  await pool.query('create table if not exists floor_rows (id text primary key, body text not null)');
  await pool.query(
    'insert into floor_rows select n::text, $1 from generate_series(1, $2::int) n on conflict do nothing',
    [JSON.stringify(body), rows],
  );
  app.get<{ Params: { id: string } }>('/postgres/:id', async ({ params }) => {
    const found = await pool.query({
      name: 'read',
      text: 'select id, body from floor_rows where id = $1',
      values: [params.id],
    });
    return found.rows[0];
  });
  app.post('/postgres', async (request) => {
    await pool.query({
      name: 'insert',
      text: 'insert into floor_rows values ($1, $2)',
      values: [randomUUID(), JSON.stringify(request.body)],
    });
    return { status: 'ok' };
  });
}

await app.ready();
const server = createServer((request, response) => {
  if (request.url !== '/bare') return app.routing(request, response);
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
