import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../../src/app/server.ts';
import { loadConfig } from '../../src/config/index.ts';
import { createLogger } from '../../src/runtime/log.ts';
import { basicAuthorization, testAccount } from '../../src/testing/index.ts';
import { type ChildServer, type ChildServerOptions, startChildServer } from '../support/child-server.ts';
import { cloneBin, rapport } from '../support/cli.ts';
import { parseRaw } from '../support/raw-http.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const stores = '/v1/ControlPlane/Stores';
const scripts = fileURLToPath(new URL('../../scripts', import.meta.url));

async function started(options: ChildServerOptions): Promise<ChildServer> {
  const server = await startChildServer(options);
  onTestFinished(() => server.kill());
  return server;
}

describe('a server that is told to stop', () => {
  it.each<NodeJS.Signals>([
    'SIGTERM',
    'SIGINT',
  ])('answers the requests it has begun, then exits with 0: %s', async (signal) => {
    const dataDir = temporaryFolder();
    const server = await started({ dataDir });
    const request = await beginRequest(server, JSON.stringify({ displayName: 'in-flight' }));
    server.signal(signal);
    await server.saw('"msg":"stopping');
    const reply = await request.complete();
    expect(reply.status).toBe(202);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    const next = await started({ dataDir });
    expect((await next.request('POST', stores, { displayName: 'in-flight' })).status).toBe(409);
  });

  it('does not wait for a request that never arrives in full', async () => {
    const env = { PORT: '0', RAPPORT_DATA_DIR: temporaryFolder() };
    const rootAccount = { sid: testAccount.sid, authToken: testAccount.authToken };
    const log = createLogger('silent');
    const server = await startServer({ config: loadConfig(env), rootAccount, log, stopGraceMs: 20 });
    const request = await beginRequest(server, JSON.stringify({ displayName: 'never' }));
    await server.stop();
    request.abandon();
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('is told through the script that npm runs, and its exit code comes back', async () => {
    const withSetup = join(preparedClone(), 'scripts', 'with-setup.mjs');
    const server = await started({ dataDir: temporaryFolder(), command: [withSetup, cloneBin, 'serve'] });
    expect((await server.request('GET', '/readyz')).status).toBe(200);
    server.signal('SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    await expect(server.request('GET', '/readyz')).rejects.toThrow();
  });
});

describe('a data directory', () => {
  it('is refused to a second server, in words that say what to do', async () => {
    const dataDir = temporaryFolder();
    const server = await started({ dataDir });
    const second = await rapport(['serve'], { PORT: '0', RAPPORT_DATA_DIR: dataDir });
    expect(second).toMatchObject({ exitCode: 1, stdout: '' });
    expect(second.stderr).toContain(
      `Another Rapport server is running on ${dataDir}; stop it or set RAPPORT_DATA_DIR`,
    );
    expect((await server.request('GET', stores)).status).toBe(200);
  });

  it('is free at once when its server was killed', async () => {
    const dataDir = temporaryFolder();
    await (await started({ dataDir })).kill();
    const next = await started({ dataDir });
    expect((await next.request('GET', '/readyz')).status).toBe(200);
  });
});

/**
 * A folder that the set-up script takes for a clone that is up to date, so that a test can't install anything: its scripts,
 * a lock file, Node, and the mark that the script leaves.
 */
function preparedClone(): string {
  const clone = temporaryFolder();
  const lock = '{}';
  cpSync(scripts, join(clone, 'scripts'), { recursive: true });
  writeFileSync(join(clone, 'package-lock.json'), lock);
  mkdirSync(join(clone, 'node_modules', 'node', 'bin'), { recursive: true });
  symlinkSync(process.execPath, join(clone, 'node_modules', 'node', 'bin', 'node'));
  const mark = createHash('sha256').update(`${lock}${process.platform}-${process.arch}`).digest('hex');
  writeFileSync(join(clone, 'node_modules', '.rapport-setup'), mark);
  return clone;
}

/** Sends a request up to the last byte but one. The server has read its header when this resolves. */
async function beginRequest(server: { readonly url: string }, body: string) {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const header = [
    `POST ${stores} HTTP/1.1`,
    'Host: localhost',
    `Authorization: ${basicAuthorization(testAccount.sid, testAccount.authToken)}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Expect: 100-continue',
  ];
  socket.write(`${header.join('\r\n')}\r\n\r\n`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString()).toContain('100 Continue');
  socket.write(body.slice(0, -1));
  return {
    async complete() {
      socket.write(body.slice(-1));
      return parseRaw(await untilClosed(socket));
    },
    abandon: () => socket.destroy(),
  };
}

async function untilClosed(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
