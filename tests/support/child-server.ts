import { type ChildProcess, spawn } from 'node:child_process';
import { basicAuthorization, testAccount } from '../../src/testing/index.ts';
import { childEnvironment, rapportBin } from './cli.ts';

export interface ChildServerOptions {
  readonly dataDir: string;
  /** Settings over the defaults: a free port, the account of the tests, no cap on stores. */
  readonly env?: Readonly<Record<string, string>>;
  /** What node runs; `rapport serve` by default. */
  readonly command?: readonly string[];
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The real server in a process of its own, which can be killed. */
export interface ChildServer {
  readonly url: string;
  /** Of the process. */
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** A JSON request of the root account; rejects when the server dies before it answers. */
  request(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the server has written this to stdout or to its log. */
  saw(text: string): Promise<void>;
  /** All that it has written to stdout and to its log. */
  output(): string;
  /** Kills it, if it still lives, and waits for its end. */
  kill(): Promise<void>;
}

const authorization = basicAuthorization(testAccount.sid, testAccount.authToken);

/** Starts the server and waits until it listens. */
export async function startChildServer({
  dataDir,
  env = {},
  command = [rapportBin, 'serve'],
}: ChildServerOptions): Promise<ChildServer> {
  const child = spawn(process.execPath, command, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...childEnvironment,
      NO_COLOR: '1',
      PORT: '0',
      RAPPORT_DATA_DIR: dataDir,
      RAPPORT_ACCOUNT_SID: testAccount.sid,
      RAPPORT_AUTH_TOKEN: testAccount.authToken,
      RAPPORT_STORES_MAX: '1000000',
      RAPPORT_LOG_LEVEL: 'info',
      ...env,
    },
  });
  const output = watchOutput(child);
  await output.until('A first request:');
  const url = output.text().match(/Base URL +(\S+)/)?.[1] ?? '';
  const end = async () => {
    child.kill('SIGKILL');
    await output.exited;
  };
  return {
    url,
    // It has written where it listens, so it was started.
    pid: child.pid as number,
    exited: output.exited,
    request: (method, path, body) => send(url + path, method, body),
    signal: (signal) => void child.kill(signal),
    saw: output.until,
    output: output.text,
    kill: end,
  };
}

function watchOutput(child: ChildProcess) {
  let text = '';
  let exit: Exit | undefined;
  const listeners = new Set<() => void>();
  const onChange = () => {
    for (const listener of listeners) listener();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      onChange();
    });
  }
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      exit = { code, signal };
      resolve(exit);
      onChange();
    });
  });
  const until = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (text.includes(wanted)) resolve();
        else if (exit) reject(new Error(`the server ended with ${exit.code ?? exit.signal}: ${text}`));
        else return;
        listeners.delete(check);
      };
      listeners.add(check);
      check();
    });
  return { text: () => text, exited, until };
}

async function send(url: string, method: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, {
    method,
    headers: {
      Authorization: authorization,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}
