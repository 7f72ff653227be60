import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, startServer } from '../../src/app/server.ts';
import { loadConfig } from '../../src/config/index.ts';
import { createLogger } from '../../src/runtime/log.ts';

export interface BenchServer {
  readonly url: string;
  /** The server itself, which is in this process. */
  readonly running: RunningServer;
  /** `Authorization` header of the root account. */
  readonly authorization: string;
  /** A JSON request; throws on any status but 2xx. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
}

const account = { sid: 'AC00000000000000000000000000000001', authToken: 'bench-token-0123456789' };

/**
 * A server with its real clock on a fresh database in a temporary folder (or wherever the environment says). What is in a
 * `dataDir` of the caller's stays when it stops.
 */
export async function startBenchServer(
  own: { dataDir?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<BenchServer> {
  const dataDir = own.dataDir ?? mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  const config = loadConfig({
    ...process.env,
    ...own.env,
    PORT: '0',
    RAPPORT_DATA_DIR: dataDir,
    RAPPORT_ACCOUNT_SID: account.sid,
    RAPPORT_AUTH_TOKEN: account.authToken,
  });
  const server = await startServer({ config, rootAccount: account, log: createLogger('silent') });
  const authorization = `Basic ${Buffer.from(`${account.sid}:${account.authToken}`).toString('base64')}`;
  return {
    url: server.url,
    running: server,
    authorization,
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(server.url + path, {
        method,
        headers: { Authorization: authorization, 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok)
        throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
      return JSON.parse(text) as T;
    },
    stop: async () => {
      await server.stop();
      if (own.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
