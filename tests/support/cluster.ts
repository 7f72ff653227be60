import { setTimeout as delay } from 'node:timers/promises';
import { basicAuthorization, testAccount } from '../../src/testing/index.ts';
import { type ChildServer, startChildServer } from './child-server.ts';

export interface ClusterOptions {
  readonly databaseUrl: string;
  /** A folder for the processes, which keep nothing in it. */
  readonly dataDir: string;
  /** How many processes do both, and how many only jobs. */
  readonly servers: number;
  readonly workers: number;
  readonly env?: Readonly<Record<string, string>>;
}

type Role = 'all' | 'worker';

interface Member {
  readonly role: Role;
  process: ChildServer;
}

/** Processes of the server on one PostgreSQL, behind something like a load balancer. */
export interface Cluster {
  /** Sends to one process after the other until one of them answers with less than 500. */
  request<Body>(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }>;
  /** The same for a form. */
  postForm(path: string, form: Readonly<Record<string, string>>): Promise<number>;
  /**
   * Kills a process (kill -9) and starts another in its place, as a supervisor does: again if it ends because its database is
   * away. The milliseconds until that one listens.
   */
  replace(at: number): Promise<number>;
  readonly size: number;
  /** Requests that no process had taken when they were first sent. */
  readonly repeated: number;
  /** Resolves when no job is due or running anywhere. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

const authorization = basicAuthorization(testAccount.sid, testAccount.authToken);
/** Before everybody is asked anew. */
const pauseMs = 50;
/** Starts in the place of a killed process before its end is taken for its own doing. */
const startsMax = 20;

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { databaseUrl, dataDir, servers, workers, env = {} } = options;
  const start = (role: Role) =>
    startChildServer({
      dataDir,
      env: { DATABASE_URL: databaseUrl, RAPPORT_ROLE: role, RAPPORT_LOG_LEVEL: 'error', ...env },
    });
  const roles = [...Array<Role>(servers).fill('all'), ...Array<Role>(workers).fill('worker')];
  const members = await Promise.all(
    roles.map(async (role): Promise<Member> => ({ role, process: await start(role) })),
  );
  const serving = members.filter(({ role }) => role === 'all');
  let turn = 0;
  let repeated = 0;

  const send = async (path: string, init: RequestInit): Promise<Response> => {
    for (let attempt = 1; ; attempt += 1) {
      turn += 1;
      const url = serving[turn % serving.length]?.process.url ?? '';
      const headers = { Authorization: authorization, ...init.headers };
      const response = await fetch(url + path, { ...init, headers }).catch(() => undefined);
      if (response && response.status < 500) return response;
      await response?.body?.cancel();
      if (attempt === 1) repeated += 1;
      if (attempt % serving.length === 0) await delay(pauseMs);
    }
  };

  return {
    size: members.length,
    get repeated() {
      return repeated;
    },
    async request<Body>(method: string, path: string, body?: unknown) {
      const response = await send(path, {
        method,
        ...(body === undefined
          ? {}
          : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
      });
      const text = await response.text();
      // The caller knows what it asked for.
      return { status: response.status, body: (text ? JSON.parse(text) : undefined) as Body };
    },
    async postForm(path, form) {
      const response = await send(path, { method: 'POST', body: new URLSearchParams(form) });
      await response.text();
      return response.status;
    },
    async replace(at) {
      const member = members[at % members.length];
      if (!member) throw new Error('the cluster is empty');
      await member.process.kill();
      const killedAt = performance.now();
      member.process = await startAgainAndAgain(() => start(member.role));
      return performance.now() - killedAt;
    },
    async idle() {
      const response = await send('/rapport/v1/idle', { method: 'POST' });
      await response.text();
    },
    async stop() {
      await Promise.all(members.map(({ process }) => process.kill()));
    },
  };
}

async function startAgainAndAgain(start: () => Promise<ChildServer>): Promise<ChildServer> {
  for (let startsLeft = startsMax; ; startsLeft -= 1) {
    try {
      return await start();
    } catch (error) {
      if (startsLeft <= 1) throw error;
      await delay(pauseMs);
    }
  }
}
