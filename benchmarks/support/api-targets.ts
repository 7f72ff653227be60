import { type ApiWorld, type Request, requestsOf } from './api-world.ts';
import type { CompiledServer } from './compiled-server.ts';
import { type Floors, floorPaths } from './floors.ts';
import { memoryCounts } from './remembered.ts';

/** A process that requests are sent to. */
export interface Source {
  readonly url: string;
  readonly pid: number;
  /** Resolves when it is done with what it was asked before. */
  idle(): Promise<void>;
}

/** One line of the result: what is asked for, and what it is held against. */
export interface Target {
  readonly name: string;
  readonly source: Source;
  readonly requests: readonly Request[];
  readonly connections: number;
  /** Name of the target that the machine can do at best. */
  readonly floor?: string;
  /** Things done by one request, where that is more than one. */
  readonly each?: number;
  /** Name of the target of whose requests a second half are sent, whatever the answers take. */
  readonly halfOf?: string;
  /** For one so slow that the seconds given would be over before it has answered often. */
  readonly secondsMin?: number;
  /** Name of the target of ours that this one is compared with. */
  readonly peerOf?: string;
}

export type Engine = 'sqlite' | 'postgres';

export const connectionsDefault = 32;
const recallHot = 'Recall, 500 memories';

/** What Recall is called of a profile that has vectors too. */
export function hybridName(count: number): string {
  return `Recall, ${count.toLocaleString('en')} memories, hybrid`;
}

/** What the machine can do, and each operation of a server without a model beside it. */
export function targetsOfApi(
  server: CompiledServer,
  floors: Floors,
  { world, engine }: { world: ApiWorld; engine: Engine },
): Target[] {
  const [readFloor, insertFloor] = [`Fastify + one ${engine} read`, `Fastify + one durable ${engine} insert`];
  const row = JSON.stringify({ name: 'a row', text: 'x'.repeat(200) });
  const read = engine === 'sqlite' ? floorPaths.sqliteRead : floorPaths.postgresRead;
  const insert = engine === 'sqlite' ? floorPaths.sqliteInsert : floorPaths.postgresInsert;
  const floorSource = { ...floors, idle: async () => undefined };
  const floor = (name: string, request: Request) => target(name, floorSource, [request]);
  const requests = requestsOf(world);
  const ours = (name: string, list: readonly Request[], more: Partial<Target> = {}) =>
    target(name, server, list, more);
  return [
    floor('bare node:http', { method: 'GET', path: floorPaths.bare }),
    floor(readFloor, { method: 'GET', path: read }),
    ours('GET profile', requests.profile, { floor: readFloor }),
    ours('GET conversation', requests.conversation, { floor: readFloor }),
    ours('GET observation', requests.observation, { floor: readFloor }),
    floor(insertFloor, { method: 'POST', path: insert, body: row }),
    ours('POST communication', requests.communication, { floor: insertFloor }),
    ours('POST observations, 10 a request', requests.observations, { floor: insertFloor, each: 10 }),
    ours('PUT Profiles/Bulk, 100 a request', requests.bulk, { each: 100 }),
    ours(recallHot, requests.recall, { floor: readFloor }),
    ours(`${recallHot}, half load`, requests.recall, { halfOf: recallHot }),
  ];
}

/** Recall of a server with a model: of all connections, at half of what it can do, and over one connection. */
export function targetsOfHybrid(
  server: CompiledServer,
  recalls: ReadonlyMap<number, readonly Request[]>,
): Target[] {
  return memoryCounts.flatMap((count) => {
    const name = hybridName(count);
    const requests = recalls.get(count) ?? [];
    return [
      target(name, server, requests),
      target(`${name}, half load`, server, requests, { halfOf: name }),
      target(`${name}, one connection`, server, requests, { connections: 1 }),
    ];
  });
}

export function target(
  name: string,
  source: Source,
  requests: readonly Request[],
  more: Partial<Target> = {},
): Target {
  return { name, source, requests, connections: connectionsDefault, ...more };
}
