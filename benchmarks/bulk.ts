import { parseArgs } from 'node:util';
import { type CompiledServer, startCompiledServer } from './support/compiled-server.ts';
import { type Connection, openConnection } from './support/connection.ts';
import { type BenchDatabase, sqliteDatabase, startPostgresDatabase } from './support/database.ts';
import { inventTurn, seededChance } from './support/invented-dialogue.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { createStore } from './support/store.ts';

const profilesDefault = 50_000;
const profilesPerCall = 1000;
const connectionsOfBulk = 2;
const observationsDefault = 50_000;
const observationsPerCall = 10;
const connectionsOfObservations = 16;
/** Observations on one page of a list. */
const pageMax = 50;
/** Profiles that the observations are about. */
const profilesObserved = 500;

interface Call {
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly body: string;
}

/**
 * Profiles by the bulk route, a thousand a call, first new and then known, and observations in batches of ten, each durable when it
 * is answered. Afterwards everything is read back. `--profiles N`, `--observations N`, `--postgres`.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: {
      profiles: { type: 'string' },
      observations: { type: 'string' },
      postgres: { type: 'boolean' },
    },
  });
  await using started = new AsyncDisposableStack();
  const database: BenchDatabase = values.postgres ? await startPostgresDatabase() : sqliteDatabase;
  started.defer(database.stop);
  const server = await startCompiledServer(database.env);
  started.defer(server.stop);
  const storeId = await createStore(server, `bulk-${process.pid}`);
  const profiles = await measureProfiles(server, storeId, Number(values.profiles ?? profilesDefault));
  const observations = await measureObservations(
    server,
    storeId,
    Number(values.observations ?? observationsDefault),
  );
  return {
    benchmark: 'bulk',
    machine: describeMachine(),
    nodeOptions: server.nodeOptions,
    database: database.description,
    profiles,
    observations,
    megabytesPeak: server.memory()?.megabytesPeak ?? null,
  };
}

async function measureProfiles(server: CompiledServer, storeId: string, count: number) {
  const calls = Array.from({ length: Math.ceil(count / profilesPerCall) }, (_, call): Call => {
    const first = call * profilesPerCall;
    const size = Math.min(profilesPerCall, count - first);
    const profiles = Array.from({ length: size }, (_, at) => ({ traits: { Contact: traitsOf(first + at) } }));
    return { method: 'PUT', path: `/v1/Stores/${storeId}/Profiles/Bulk`, body: JSON.stringify({ profiles }) };
  });
  const created = await sendAll(server, calls, {
    connections: connectionsOfBulk,
    itemsPerCall: profilesPerCall,
  });
  const updated = await sendAll(server, calls, {
    connections: connectionsOfBulk,
    itemsPerCall: profilesPerCall,
  });
  await Promise.all([0, count >> 1, count - 1].map((number) => findProfile(server, storeId, number)));
  return { count, profilesPerCall, connections: connectionsOfBulk, created, updated };
}

function traitsOf(number: number): Record<string, string> {
  return {
    email: `customer.${number}@example.com`,
    // The area code 555 belongs to nobody.
    phone: `+1${5_550_000_000 + number}`,
    firstName: `Given${number % 1000}`,
    lastName: `Family${number % 5000}`,
    city: `Springfield ${number % 100}`,
  };
}

/** The profile with the traits of this number; throws unless there is exactly one. */
async function findProfile(server: CompiledServer, storeId: string, number: number): Promise<string> {
  const { email } = traitsOf(number);
  const { profiles } = await server.call<{ profiles: string[] }>(
    'POST',
    `/v1/Stores/${storeId}/Profiles/Lookup`,
    { idType: 'email', value: email },
  );
  const [id, ...others] = profiles;
  if (id === undefined || others.length > 0) throw new Error(`${email} has ${profiles.length} profiles`);
  return id;
}

async function measureObservations(server: CompiledServer, storeId: string, count: number) {
  const chance = seededChance(1);
  const paths: string[] = [];
  for (let number = 0; number < profilesObserved; number += 1)
    paths.push(`/v1/Stores/${storeId}/Profiles/${await findProfile(server, storeId, number)}/Observations`);
  const calls = Array.from({ length: Math.ceil(count / observationsPerCall) }, (_, call): Call => {
    const observations = Array.from({ length: observationsPerCall }, (_, at) => ({
      content: inventTurn(chance, call * observationsPerCall + at),
      source: 'bench',
      occurredAt: '2026-01-01T00:00:00.000Z',
    }));
    // The index is within the paths.
    const path = paths[call % profilesObserved] as string;
    return { method: 'POST', path, body: JSON.stringify({ observations }) };
  });
  const written = await sendAll(server, calls, {
    connections: connectionsOfObservations,
    itemsPerCall: observationsPerCall,
  });
  await checkObservations(server, paths, calls.length);
  return { count, observationsPerCall, connections: connectionsOfObservations, profilesObserved, ...written };
}

/** Throws unless the first profile lists as many observations as it was sent, or a full page, and Recall finds one of them. */
async function checkObservations(
  server: CompiledServer,
  [path = '']: readonly string[],
  calls: number,
): Promise<void> {
  const wanted = Math.min(pageMax, Math.ceil(calls / profilesObserved) * observationsPerCall);
  const listed = await server.call<{ observations: { content: string }[] }>(
    'GET',
    `${path}?pageSize=${wanted}`,
  );
  if (listed.observations.length !== wanted)
    throw new Error(`${listed.observations.length} observations are listed in place of ${wanted}`);
  const query = listed.observations[0]?.content.slice(0, 100);
  const recalled = await server.call<{ observations: unknown[] }>(
    'POST',
    path.replace(/Observations$/, 'Recall'),
    { query },
  );
  if (recalled.observations.length === 0) throw new Error('Recall finds nothing');
}

/** Sends the calls over a few connections, each of which takes the next one when it has its answer. */
async function sendAll(
  server: CompiledServer,
  calls: readonly Call[],
  { connections, itemsPerCall }: { connections: number; itemsPerCall: number },
) {
  const rest = calls.values();
  const durations: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const connection: Connection = await openConnection(server.url, server.authorization);
      for (const { method, path, body } of rest) durations.push(await connection.send(method, path, body));
      connection.close();
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const perSecond = Math.round((calls.length * itemsPerCall) / seconds);
  process.stderr.write(`${calls.length} calls: ${perSecond} a second\n`);
  return {
    seconds: round(seconds, 2),
    perSecond,
    callMs: { median: round(percentile(durations, 0.5)), p99: round(percentile(durations, 0.99)) },
  };
}
