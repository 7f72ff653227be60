import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type RunningServer, startServer } from '../app/server.ts';
import { loadConfig } from '../config/index.ts';
import { createLogger } from '../runtime/log.ts';
import type { DatabaseLocation } from '../storage/index.ts';

/** The root account of test servers. */
export const testAccount = {
  sid: 'AC00000000000000000000000000000001',
  authToken: 'test-token-0123456789abcdef',
} as const;

export interface TestServer extends RunningServer {
  /** Moves the virtual clock, running all that comes due. */
  advance(seconds: number): Promise<void>;
  /** Resolves when no job is due or running. */
  idle(): Promise<void>;
  /** A request with the root account's credentials unless headers say otherwise; objects are sent as JSON. */
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestReply>;
}

export interface TestReply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined when the body is empty, the text when it is not JSON. */
  readonly body: unknown;
}

export interface TestServerOptions {
  /** Environment settings over the defaults: free port, data in a fresh temporary folder, virtual clock. */
  readonly env?: Readonly<Record<string, string>>;
  /** In place of a file in the temporary folder; the rows stay when the server stops. */
  readonly database?: DatabaseLocation;
  readonly log?: Logger;
  /** Sees each answer to `request` before the caller does. */
  readonly onReply?: (request: { method: string; path: string }, reply: TestReply) => Promise<void>;
}

/**
 * Starts a whole server in this process on a free port, with a virtual clock and with every answer checked against its
 * schema. Stopping it removes its data.
 *
 * @example
 * const server = await startTestServer();
 * await server.request('POST', '/v1/ControlPlane/Stores', { displayName: 'test' });
 * await server.advance(60);
 * await server.stop();
 */
export async function startTestServer({
  env = {},
  database,
  log = createLogger('silent'),
  onReply,
}: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rapport-test-'));
  const settings = loadConfig({
    PORT: '0',
    RAPPORT_DATA_DIR: dataDir,
    RAPPORT_CLOCK: 'virtual',
    RAPPORT_ACCOUNT_SID: testAccount.sid,
    RAPPORT_AUTH_TOKEN: testAccount.authToken,
    // Receivers of tests are on this machine.
    RAPPORT_ALLOW_PRIVATE_CALLBACKS: 'true',
    ...env,
  });
  const config = database ? { ...settings, database } : settings;
  const server = await startServer({ config, rootAccount: testAccount, log, strictReplies: true });
  return {
    ...server,
    advance: async (seconds) => void (await server.advancer?.advance(seconds * 1000)),
    idle: () => server.runner.whenIdle(),
    request: async (method, path, body, headers) => {
      const reply = await send(server.url, method, path, body, headers);
      await onReply?.({ method, path }, reply);
      return reply;
    },
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const rootAuthorization = basicAuthorization(testAccount.sid, testAccount.authToken);

export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function send(
  url: string,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<TestReply> {
  const response = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: {
      Authorization: rootAuthorization,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw(body) ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parse(text) };
}

/** Strings and bytes are sent as they are. */
function isRaw(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof Uint8Array;
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
