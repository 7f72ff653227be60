import { parseArgs } from 'node:util';
import { describeMachine, round } from './support/machine.ts';
import { type BenchServer, startBenchServer } from './support/server.ts';

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
 * A CSV import from the upload to COMPLETED, in one process with its client: first every row makes a profile, then the same
 * file updates them all. Reports rows a second and the peak resident memory of the process.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({ args, options: { rows: { type: 'string' } } });
  const rows = Number(values.rows ?? rowsDefault);
  const server = await startBenchServer();
  try {
    const storeId = await createStore(server);
    const megabytesBefore = residentMegabytes();
    const created = await importFile(server, storeId, rows);
    const updated = await importFile(server, storeId, rows);
    return {
      benchmark: 'import',
      machine: describeMachine(),
      database: process.env['DATABASE_URL'] ? 'PostgreSQL' : 'SQLite',
      rows,
      columns: columns.length,
      created,
      updated,
      megabytesBefore,
      megabytesPeak: round(process.resourceUsage().maxRSS / 1024),
    };
  } finally {
    await server.stop();
  }
}

async function createStore(server: BenchServer): Promise<string> {
  const displayName = `import-${process.pid}`;
  const { statusUrl } = await server.call<{ statusUrl: string }>('POST', '/v1/ControlPlane/Stores', {
    displayName,
  });
  const operation = await server.call<{ result: { id: string } }>('GET', new URL(statusUrl).pathname);
  return operation.result.id;
}

async function importFile(server: BenchServer, storeId: string, rows: number) {
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

async function untilDone(server: BenchServer, path: string): Promise<ImportStatus> {
  for (;;) {
    const status = await server.call<ImportStatus>('GET', path);
    if (status.status === 'COMPLETED' || status.status === 'FAILED') return status;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function residentMegabytes(): number {
  return round(process.memoryUsage().rss / 1e6);
}
