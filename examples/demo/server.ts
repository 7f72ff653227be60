import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import twilio from 'twilio';
import { startServer } from '../../src/app/server.ts';
import { loadConfig } from '../../src/config/index.ts';
import { createLogger } from '../../src/runtime/log.ts';

export type Client = ReturnType<typeof twilio>;

/** A server to talk to: the official SDK pointed at it, and Rapport's own "nothing left to do" call. */
export interface DemoServer {
  readonly url: string;
  readonly client: Client;
  /** Resolves when all background work, such as extraction, is done. */
  whenIdle(): Promise<void>;
  stop(): Promise<void>;
}

/** A server that runs already. `credentials` is `SID:token` of the root account. */
export function useServer(url: string, credentials: string): DemoServer {
  const [sid = '', token = ''] = credentials.split(':');
  const client = twilio(sid, token);
  client.memory.baseUrl = url;
  client.conversations.baseUrl = url;
  return {
    url,
    client,
    whenIdle: async () => {
      const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
      const response = await fetch(`${url}/rapport/v1/idle`, {
        method: 'POST',
        headers: { Authorization: authorization },
      });
      if (!response.ok) throw new Error(`POST /rapport/v1/idle answered ${response.status}`);
    },
    stop: async () => undefined,
  };
}

/** A fresh server in this process, with its data in a temporary folder that goes with it. */
export async function startOwnServer(): Promise<DemoServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rapport-demo-'));
  const rootAccount = { sid: `AC${'0'.repeat(32)}`, authToken: 'demo-only-token-0123456789' };
  const config = loadConfig({
    ...process.env,
    PORT: '0',
    RAPPORT_DATA_DIR: dataDir,
    RAPPORT_LOG_LEVEL: 'warn',
  });
  const server = await startServer({ config, rootAccount, log: createLogger(config.logLevel) });
  return {
    ...useServer(server.url, `${rootAccount.sid}:${rootAccount.authToken}`),
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
