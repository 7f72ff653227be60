import { parseArgs } from 'node:util';
import { type CompiledServer, startCompiledServer } from './support/compiled-server.ts';
import { openConnection } from './support/connection.ts';
import { startPostgresDatabase } from './support/database.ts';
import { inventQuestion, inventTurn, seededChance } from './support/invented-dialogue.ts';
import { describeMachine, round } from './support/machine.ts';
import { type PostgresWatch, watchPostgres } from './support/postgres-cost.ts';
import { processorMs } from './support/process-time.ts';
import { createStore } from './support/store.ts';

const profilesDefault = 20_000;
const conversationsDefault = 500;
const profilesPerCall = 1000;
const messagesEach = 10;
const observationsEach = 10;
const profilesObserved = 2000;
const recalls = 2000;
const vectorNumbers = 384;
const connections = 16;
const agentNumber = '+13035550199';
const occurredAt = '2026-01-05T10:00:00Z';

/** A request to be sent. */
interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** A server on PostgreSQL, and what counts what both use. */
interface Bench {
  readonly server: CompiledServer;
  readonly postgres: PostgresWatch;
}

/**
 * What each operation costs on PostgreSQL, for arithmetic: processor time of the server's process and of all of PostgreSQL's, bytes
 * of log, transactions (reads too), and the bytes that rows take with their indexes. Processor time is that of the work alone, whatever else the
 * machine does. `--profiles N`, `--conversations N`.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: { profiles: { type: 'string' }, conversations: { type: 'string' } },
  });
  await using started = new AsyncDisposableStack();
  const database = await startPostgresDatabase();
  started.defer(database.stop);
  const server = await startCompiledServer(database.env);
  started.defer(server.stop);
  const postgres = await watchPostgres(database.env['DATABASE_URL'] ?? '');
  started.defer(postgres.stop);
  const bench = { server, postgres };
  const storeId = await createStore(server, `cost-${process.pid}`);
  const profiles = await costOfProfiles(bench, storeId, Number(values.profiles ?? profilesDefault));
  const memories = await costOfMemories(bench, storeId);
  const conversations = await costOfConversations(
    bench,
    storeId,
    Number(values.conversations ?? conversationsDefault),
  );
  return {
    benchmark: 'cost',
    machine: describeMachine(),
    nodeOptions: server.nodeOptions,
    database: database.description,
    connections,
    operations: { ...profiles, ...memories, ...conversations },
    bytesPerRow: await bytesPerRow(postgres),
  };
}

async function costOfProfiles(bench: Bench, storeId: string, count: number) {
  const path = `/v1/Stores/${storeId}/Profiles`;
  const calls = Array.from({ length: Math.ceil(count / profilesPerCall) }, (_, call): Call => {
    const size = Math.min(profilesPerCall, count - call * profilesPerCall);
    const profiles = Array.from({ length: size }, (_profile, at) => ({
      traits: { Contact: traitsOf(call * profilesPerCall + at) },
    }));
    return { method: 'PUT', path: `${path}/Bulk`, body: { profiles } };
  });
  const lookups = Array.from({ length: recalls }, (_, number): Call => {
    const { email } = traitsOf(number % count);
    return { method: 'POST', path: `${path}/Lookup`, body: { idType: 'email', value: email } };
  });
  return {
    'new profile, 1000 a request': await measure(bench, calls, count),
    lookup: await measure(bench, lookups),
  };
}

function traitsOf(number: number): Record<string, string> {
  return {
    email: `customer.${number}@example.com`,
    // The area code 555 belongs to nobody.
    phone: `+1${5_550_000_000 + number}`,
    firstName: `Given${number % 1000}`,
    lastName: `Family${number % 5000}`,
  };
}

async function costOfMemories(bench: Bench, storeId: string) {
  const chance = seededChance(1);
  const paths = await findProfilePaths(bench.server, storeId, profilesObserved);
  const observe = paths.map((path): Call => {
    const observations = Array.from({ length: observationsEach }, (_, at) => ({
      content: inventTurn(chance, at),
      source: 'bench',
      occurredAt,
    }));
    return { method: 'POST', path: `${path}/Observations`, body: { observations } };
  });
  // Each profile is asked about for the first time, then again.
  const ask = paths
    .slice(0, recalls)
    .map(
      (path): Call => ({ method: 'POST', path: `${path}/Recall`, body: { query: inventQuestion(chance) } }),
    );
  return {
    'observation, 10 a request': await measure(bench, observe, observe.length * observationsEach),
    'Recall of 10 memories, cold': await measure(bench, ask),
    'Recall of 10 memories': await measure(bench, ask),
  };
}

async function findProfilePaths(server: CompiledServer, storeId: string, count: number): Promise<string[]> {
  const path = `/v1/Stores/${storeId}/Profiles`;
  const paths: string[] = [];
  let query = 'pageSize=100';
  while (paths.length < count && query) {
    const page = await server.call<{ profiles: string[]; meta: { nextToken?: string } }>(
      'GET',
      `${path}?${query}`,
    );
    paths.push(...page.profiles.map((id) => `${path}/${id}`));
    const { nextToken } = page.meta;
    query = nextToken ? `pageSize=100&pageToken=${encodeURIComponent(nextToken)}` : '';
  }
  return paths.slice(0, count);
}

/** Conversations of ten messages that are closed and become memory. */
async function costOfConversations(bench: Bench, memoryStoreId: string, count: number) {
  const chance = seededChance(2);
  const { related } = await bench.server.call<{ related: { configurationId: string } }>(
    'POST',
    '/v2/ControlPlane/Configurations',
    {
      displayName: `cost-${process.pid}`,
      description: '',
      conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
      memoryStoreId,
      memoryExtractionEnabled: true,
      channelSettings: { SMS: { statusTimeouts: { inactive: 60, closed: 120 } } },
    },
  );
  const { configurationId } = related;
  const customers = Array.from({ length: count }, (_, number) => customerOf(number));
  const create = customers.map(
    (address): Call => ({
      method: 'POST',
      path: '/v2/Conversations',
      body: {
        configurationId,
        participants: [
          { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address }] },
          { type: 'AI_AGENT', addresses: [{ channel: 'SMS', address: agentNumber }] },
        ],
      },
    }),
  );
  const created = await measure(bench, create);
  const paths = await findConversationPaths(bench.server);
  const say = Array.from({ length: messagesEach }, (_, at) =>
    paths.map(
      (path, number): Call => ({
        method: 'POST',
        path: `${path}/Communications`,
        body: messageOf(customers[number] ?? '', at, inventTurn(chance, at)),
      }),
    ),
  ).flat();
  const close = paths.map((path): Call => ({ method: 'PUT', path, body: { status: 'CLOSED' } }));
  return {
    'new conversation of a new customer': created,
    message: await measure(bench, say),
    'conversation of 10 messages closed and read': await measure(bench, close),
  };
}

/** In the order of their customers, which is not that in which they were created. */
async function findConversationPaths(server: CompiledServer): Promise<string[]> {
  const found: { id: string; customer: string }[] = [];
  let query = 'pageSize=100';
  while (query) {
    const page = await server.call<{ conversations: { id: string }[]; meta: { nextToken?: string } }>(
      'GET',
      `/v2/Conversations?${query}`,
    );
    for (const { id } of page.conversations) {
      const { participants } = await server.call<Participants>('GET', `/v2/Conversations/${id}/Participants`);
      const addresses = participants.flatMap((participant) =>
        participant.addresses.map(({ address }) => address),
      );
      found.push({ id, customer: addresses.find((address) => address !== agentNumber) ?? '' });
    }
    const { nextToken } = page.meta;
    query = nextToken ? `pageSize=100&pageToken=${encodeURIComponent(nextToken)}` : '';
  }
  const inOrder = found.sort((a, b) => (a.customer < b.customer ? -1 : 1));
  return inOrder.map(({ id }) => `/v2/Conversations/${id}`);
}

interface Participants {
  readonly participants: readonly { readonly addresses: readonly { readonly address: string }[] }[];
}

const customerOf = (number: number) =>
  `+1${201 + Math.floor(number / 100)}55501${String(number % 100).padStart(2, '0')}`;

function messageOf(customer: string, at: number, text: string) {
  const [author, recipient] = at % 2 === 0 ? [customer, agentNumber] : [agentNumber, customer];
  return {
    author: { channel: 'SMS', address: author },
    recipients: [{ channel: 'SMS', address: recipient }],
    content: { type: 'TEXT', text },
  };
}

/** Sends the calls over a few connections; what one thing cost, with the jobs that it led to. */
async function measure({ server, postgres }: Bench, calls: readonly Call[], things = calls.length) {
  await server.idle();
  const [processBefore, postgresBefore] = [processorMs(server.pid), await postgres.use()];
  const rest = calls.values();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const connection = await openConnection(server.url, server.authorization);
      for (const { method, path, body } of rest) await connection.send(method, path, JSON.stringify(body));
      connection.close();
    }),
  );
  await server.idle();
  const [processAfter, postgresAfter] = [processorMs(server.pid), await postgres.use()];
  const cost = {
    things,
    rapportCpuMs: round((processAfter - processBefore) / things, 3),
    postgresCpuMs: round((postgresAfter.cpuMs - postgresBefore.cpuMs) / things, 3),
    logBytes: Math.round((postgresAfter.logBytes - postgresBefore.logBytes) / things),
    transactions: round((postgresAfter.commits - postgresBefore.commits) / things, 2),
  };
  process.stderr.write(`${calls[0]?.method} ${calls[0]?.path}: ${JSON.stringify(cost)}\n`);
  return cost;
}

/** Rows of what is known of customers, and of traffic, with all their indexes and what updates left behind. */
async function bytesPerRow(postgres: PostgresWatch) {
  const vectors = `insert into memory_vectors select account_id, profile_id, 'observation', id, 'bench', memory_version,
    decode(repeat(md5(id), ${vectorNumbers / 4}), 'hex') from observations`;
  await postgres.run(vectors);
  const per = async (table: string, more: readonly string[] = []) =>
    Math.round((await postgres.bytesOf([table, ...more])) / (await postgres.count(table)));
  return {
    profile: await per('profiles', ['profile_traits', 'profile_identifiers']),
    observation: await per('observations', ['memory_versions', 'observation_provenance']),
    [`vector of ${vectorNumbers}`]: await per('memory_vectors'),
    conversation: await per('conversations', ['participants', 'participant_addresses', 'grouping_keys']),
    communication: await per('communications'),
    event: await per('events', ['event_profiles']),
  };
}
