import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a server on this machine can do at best, with nothing of ours in it. */
export interface Floors {
  readonly url: string;
  /** Of the process. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** Routes of the floors' process; what is not there answers 404. */
export const floorPaths = {
  bare: '/bare',
  sqliteRead: '/sqlite/1',
  sqliteInsert: '/sqlite',
  postgresRead: '/postgres/1',
  postgresInsert: '/postgres',
} as const;

const child = fileURLToPath(new URL('floors-child.ts', import.meta.url));

/** Starts them in a process of their own; those of PostgreSQL when there is a URL. */
export async function startFloors(folder: string, postgresUrl: string | undefined): Promise<Floors> {
  const server: ChildProcess = spawn(process.execPath, [child, folder, postgresUrl ?? ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(server.stdout ?? server, 'data')) as [Buffer];
  return {
    url: String(line).trim(),
    // It has written its URL, so it was started.
    pid: server.pid as number,
    stop: async () => {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
  };
}
