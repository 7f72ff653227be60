import { parseArgs } from 'node:util';
import { type CompiledServer, startCompiledServer } from './support/compiled-server.ts';
import { sqliteDatabase, startPostgresDatabase } from './support/database.ts';
import { describeMachine, round } from './support/machine.ts';
import { createStore } from './support/store.ts';

const rowsDefault = 100_000;
const pollMs = 250;
const linesPerPiece = 1000;
const columns = ['mail', 'mobile', 'given_name', 'family_name', 'city'] as const;
const traits = ['email', 'phone', 'firstName', 'lastName', 'city'] as const;

interface ImportStatus {
  readonly status: string;
  readonly summary: { readonly errors: number; readonly warnings: number };
}

/**
 * A CSV import from the upload to COMPLETED: first every row makes a profile, then the same file updates them all. Reports
 * rows a second, and the memory of the server, which is a process of its own.
 */
export async function run(args: string[]): Promise<unknown> {
  const options = { rows: { type: 'string' }, postgres: { type: 'boolean' } } as const;
  const { values } = parseArgs({ args, options });
  const rows = Number(values.rows ?? rowsDefault);
  await using started = new AsyncDisposableStack();
  const database = values.postgres ? await startPostgresDatabase() : sqliteDatabase;
  started.defer(database.stop);
  const server = await startCompiledServer(database.env);
  started.defer(server.stop);
  const megabytesIdle = server.memory()?.megabytesNow ?? null;
  const storeId = await createStore(server, `import-${process.pid}`);
  const created = await importFile(server, storeId, rows);
  const updated = await importFile(server, storeId, rows);
  return {
    benchmark: 'import',
    machine: describeMachine(),
    nodeOptions: server.nodeOptions,
    database: database.description,
    rows,
    columns: columns.length,
    created,
    updated,
    megabytesIdle,
    megabytesPeak: server.memory()?.megabytesPeak ?? null,
  };
}

async function importFile(server: CompiledServer, storeId: string, rows: number) {
  const path = `/v1/Stores/${storeId}/Profiles/Imports`;
  const { importId, url } = await server.call<{ importId: string; url: string }>('POST', path, {
    filename: 'customers.csv',
    fileSize: 104_857_600,
    columnMappings: columns.map((columnName, at) => ({
      columnName,
      traitGroup: 'Contact',
      traitName: traits[at],
    })),
  });
  const startedAt = performance.now();
  const uploaded = await upload(url, rows);
  const uploadedAt = performance.now();
  const { status, summary } = await untilDone(server, `${path}/${importId}`);
  const appliedAt = performance.now();
  const seconds = (appliedAt - uploadedAt) / 1000;
  process.stderr.write(`${rows} rows: ${round(seconds)} s, ${status}, ${summary.errors} errors\n`);
  return {
    status,
    errors: summary.errors,
    megabytesUploaded: round(uploaded / 1e6),
    uploadSeconds: round((uploadedAt - startedAt) / 1000, 2),
    applySeconds: round(seconds, 2),
    rowsPerSecond: Math.round(rows / seconds),
  };
}

/** Sends the file as it is made, so that it is never in memory as a whole. */
async function upload(url: string, rows: number): Promise<number> {
  let bytes = 0;
  let row = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (row >= rows) return controller.close();
      let text = row === 0 ? `${columns.join(',')}\n` : '';
      for (const end = Math.min(rows, row + linesPerPiece); row < end; row += 1) text += lineOf(row);
      bytes += text.length;
      controller.enqueue(Buffer.from(text));
    },
  });
  const response = await fetch(url, { method: 'PUT', body, duplex: 'half' } as RequestInit);
  if (!response.ok) throw new Error(`the upload was answered with ${response.status}`);
  return bytes;
}

function lineOf(row: number): string {
  // The area code 555 belongs to nobody.
  const phone = 5_550_000_000 + row;
  return `customer.${row}@example.com,+1${phone},Given${row % 1000},Family${row % 5000},Springfield ${row % 100}\n`;
}

async function untilDone(server: CompiledServer, path: string): Promise<ImportStatus> {
  for (;;) {
    const status = await server.call<ImportStatus>('GET', path);
    if (status.status === 'COMPLETED' || status.status === 'FAILED') return status;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
