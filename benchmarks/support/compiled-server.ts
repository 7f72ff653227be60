import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { basicAuthorization, testAccount } from '../../src/testing/index.ts';
import { startChildServer } from '../../tests/support/child-server.ts';
import { type CompiledPackage, compilePackage } from '../../tests/support/compiled-package.ts';
import { type ProcessMemory, readMemory } from './process-memory.ts';

/** The compiled package in a process of its own, which is all that its memory and time are measured of. */
export interface CompiledServer {
  readonly url: string;
  /** Of the process. */
  readonly pid: number;
  /** `Authorization` header of the root account. */
  readonly authorization: string;
  /** What Node was started with. */
  readonly nodeOptions: readonly string[];
  /** A JSON request of the root account; throws on any status but 2xx. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Resolves when no job is due or running. */
  idle(): Promise<void>;
  /** Null where the system does not tell. */
  memory(): ProcessMemory | null;
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** After it has begun to listen a server still tidies up what its start left behind. */
const settleMs = 2000;
const packageFile = new URL('../../package.json', import.meta.url);

/** What a caller has of its own. */
export interface OwnParts {
  /** The package, which is compiled otherwise. */
  readonly compiled?: CompiledPackage | undefined;
  /** Stays when the server stops; a fresh one by default. */
  readonly dataDir?: string;
  /** A module that is loaded before the server. */
  readonly preload?: string;
}

/** A server with its real clock, started as `npm start` does it. */
export async function startCompiledServer(
  env: Readonly<Record<string, string>>,
  own: OwnParts = {},
): Promise<CompiledServer> {
  await using started = new AsyncDisposableStack();
  const compiled = own.compiled ?? compilePackage();
  if (!own.compiled) started.defer(compiled.remove);
  const dataDir = own.dataDir ?? mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  started.defer(() => {
    if (own.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  });
  const nodeOptions = optionsOfStart();
  const preloading = own.preload ? ['--import', own.preload] : [];
  const server = await startChildServer({
    dataDir,
    command: [...nodeOptions, ...preloading, compiled.bin, 'serve'],
    env: { RAPPORT_LOG_LEVEL: 'warn', ...env },
  });
  started.defer(server.kill);
  await delay(settleMs);
  const resources = started.move();
  const call: CompiledServer['call'] = async <T>(method: string, path: string, body?: unknown) => {
    const answer = await server.request(method, path, body);
    // The caller knows what it asked for.
    if (answer.status >= 200 && answer.status < 300) return answer.body as T;
    const text = JSON.stringify(answer.body).slice(0, 300);
    throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  };
  return {
    url: server.url,
    pid: server.pid,
    authorization: basicAuthorization(testAccount.sid, testAccount.authToken),
    nodeOptions,
    call,
    idle: async () => void (await call('POST', '/rapport/v1/idle')),
    memory: () => readMemory(server.pid),
    signal: server.signal,
    stop: () => resources.disposeAsync(),
  };
}

/** What `npm start` gives to Node. */
export function optionsOfStart(): string[] {
  const { scripts } = JSON.parse(readFileSync(packageFile, 'utf8')) as { scripts: { start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}
