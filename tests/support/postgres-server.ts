import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';

/** A PostgreSQL server for tests: one we started, or one that somebody named. */
export interface PostgresServer {
  /** Connection URL of a fresh, empty database on it. */
  createDatabase(): Promise<string>;
  /** Removes the databases; stops the server unless others share it. */
  stop(): Promise<void>;
}

/** One that nobody else uses. */
export interface OwnPostgresServer extends PostgresServer {
  /** Stops the server and starts it again; `meanwhile` runs while it is down. Only one that we started can be. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
}

/** Settings of a server by their names in `postgresql.conf`. */
export type PostgresSettings = Readonly<Record<string, string | number>>;

const startTimeoutMs = 30_000;
const retryMs = 50;
const givenUrl = process.env['RAPPORT_TEST_POSTGRES_URL'];
const binaries = findBinaries();

/** Whether the tests start a server of their own. */
export const isPostgresOurs = !givenUrl && binaries !== undefined;

/** Why there is no server to test against; undefined when there is one. */
export const whyNoPostgres =
  givenUrl || binaries
    ? undefined
    : 'no initdb and postgres on this machine, and RAPPORT_TEST_POSTGRES_URL is not set';

/** Nothing of a test has to survive, so it never waits for the disk. */
const forTests: PostgresSettings = {
  fsync: 'off',
  shared_buffers: '32MB',
  max_connections: 60,
  deadlock_timeout: '100ms',
  // Its transactions hold the horizon back for moments that no test can foresee.
  autovacuum: 'off',
};

/** Ends with whoever holds the other end of its input, however that one ends, and leaves nothing behind. */
const untilInputEnds = 'folder=$1; shift; "$@" & read -r _; kill -INT $!; wait $!; rm -rf "$folder"';

let shared: Promise<string> | undefined;
let databases = 0;

/**
 * The server that `RAPPORT_TEST_POSTGRES_URL` names, or one of our own in a temporary folder. All test files that run in this
 * process share it, since making one takes seconds; it ends with the process.
 */
export async function startPostgres(): Promise<PostgresServer> {
  shared ??= givenUrl ? Promise.resolve(givenUrl) : startSharedServer();
  return onServer(await shared, async () => undefined);
}

async function startSharedServer(): Promise<string> {
  const { program, folder, user, url, options } = await prepareServer(forTests);
  const server = spawn('sh', ['-c', untilInputEnds, 'sh', folder, program, ...options], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'ignore'],
    ...user,
  });
  await untilItAnswers(url, server);
  server.unref();
  // A pipe to a child is a socket.
  (server.stdin as Socket).unref();
  return url;
}

/**
 * A server that nobody shares, for what restarts it or needs these settings; all others are PostgreSQL's defaults. The one that
 * `RAPPORT_TEST_POSTGRES_URL` names where that is set.
 */
export async function startOwnPostgres(settings: PostgresSettings = forTests): Promise<OwnPostgresServer> {
  if (givenUrl) return { ...(await startPostgres()), restart: cannotRestart };
  const { program, folder, user, url, options } = await prepareServer(settings);
  const start = async () => {
    const started = spawn(program, options, { cwd: folder, stdio: 'ignore', ...user });
    await untilItAnswers(url, started);
    return started;
  };
  let server = await start();
  const stop = async () => {
    await end(server);
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    ...onServer(url, stop),
    async restart(meanwhile) {
      await end(server);
      await meanwhile?.();
      server = await start();
    },
  };
}

/** A fresh cluster, and how to run the server on it. */
async function prepareServer(settings: PostgresSettings) {
  if (!binaries) throw new Error(whyNoPostgres);
  const folder = mkdtempSync(join(tmpdir(), 'rapport-postgres-'));
  const user = unprivilegedUser();
  if (user) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
  createCluster(binaries, folder, user);
  const port = await freePort();
  return {
    program: join(binaries, 'postgres'),
    folder,
    user,
    url: `postgres://rapport@127.0.0.1:${port}/postgres`,
    options: serverArguments(folder, port, settings),
  };
}

async function cannotRestart(): Promise<never> {
  throw new Error('a PostgreSQL server that RAPPORT_TEST_POSTGRES_URL names is not ours to restart');
}

function onServer(adminUrl: string, stop: () => Promise<void>): PostgresServer {
  const created: string[] = [];
  const run = async (text: string) => {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  return {
    async createDatabase() {
      databases += 1;
      const name = `rapport_test_${process.pid}_${databases}`;
      await run(`create database ${name}`);
      created.push(name);
      return Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
    },
    async stop() {
      for (const name of created) await run(`drop database if exists ${name} with (force)`);
      await stop();
    },
  };
}

/** Debian keeps the server's binaries out of the path, in a folder for each version. */
function findBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** PostgreSQL refuses to run as root; then it runs as the user of its package, or as nobody. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error('PostgreSQL cannot run as root, and there is no user postgres or nobody to run it as');
}

function createCluster(
  folderOfBinaries: string,
  folder: string,
  user: { uid: number; gid: number } | undefined,
) {
  const options = ['--pgdata', join(folder, 'data'), '--username', 'rapport', '--auth', 'trust', '--no-sync'];
  const result = spawnSync(
    join(folderOfBinaries, 'initdb'),
    [...options, '--encoding', 'UTF8', '--locale', 'C'],
    {
      cwd: folder,
      encoding: 'utf8',
      ...user,
    },
  );
  if (result.status !== 0) throw new Error(`initdb failed: ${result.stderr}`);
}

/** Only on the loopback interface. */
function serverArguments(folder: string, port: number, settings: PostgresSettings): string[] {
  const place = { listen_addresses: '127.0.0.1', port, unix_socket_directories: folder };
  const all = Object.entries({ ...settings, ...place });
  const options = all.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', join(folder, 'data'), ...options];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the probe has no port');
  return address.port;
}

async function untilItAnswers(url: string, server: ChildProcess): Promise<void> {
  const deadline = AbortSignal.timeout(startTimeoutMs);
  while (server.exitCode === null) {
    const client = new pg.Client({ connectionString: url });
    const isUp = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => undefined);
    if (isUp) return;
    deadline.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
  throw new Error(`PostgreSQL ended with ${server.exitCode}`);
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGINT'); // PostgreSQL's "fast shutdown"
  await ended;
}
