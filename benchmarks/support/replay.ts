import { type Dialogue, isCustomer } from './dialogues.ts';
import { type BenchServer, startBenchServer } from './server.ts';
import { createStore } from './store.ts';

const agentNumber = '+12025550199';
const observationsPerPage = 50;

export interface Replayed {
  /** Observations that each replay of everything left, and how many of them had been revised. */
  readonly addedFirst: number;
  readonly addedSecond: number;
  readonly revisedInAll: number;
}

/**
 * Plays all dialogues twice as conversations of a server, each closed before the next begins. Their customers have a
 * profile each, or share one, as the dialogues of one household would.
 */
export async function replayTwice(
  dialogues: readonly Dialogue[],
  profiles: 'each' | 'one',
): Promise<Replayed> {
  const server = await startBenchServer();
  try {
    const configurationId = await configure(server);
    const customers = new Map(
      dialogues.map((dialogue, at) => [dialogue, customerNumber(profiles === 'each' ? at : 0)]),
    );
    const counts: Counts[] = [];
    for (let round = 0; round < 2; round += 1) {
      const places = new Set<string>();
      for (const [dialogue, customer] of customers)
        places.add(await play(server, configurationId, customer, dialogue));
      await server.call('POST', '/rapport/v1/idle');
      counts.push(await countObservations(server, places));
      process.stderr.write(`replay ${round + 1}: ${counts.at(-1)?.observations} observations\n`);
    }
    const [first = none, second = none] = counts;
    return {
      addedFirst: first.observations,
      addedSecond: second.observations - first.observations,
      revisedInAll: second.revised,
    };
  } finally {
    await server.stop();
  }
}

interface Counts {
  readonly observations: number;
  readonly revised: number;
}

const none: Counts = { observations: 0, revised: 0 };

async function configure(server: BenchServer): Promise<string> {
  const accepted = await server.call<{ statusUrl: string }>('POST', '/v2/ControlPlane/Configurations', {
    displayName: 'replay',
    description: '',
    conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
    memoryStoreId: await createStore(server, 'replay'),
    memoryExtractionEnabled: true,
  });
  const operation = await server.call<{ related: { configurationId: string } }>(
    'GET',
    new URL(accepted.statusUrl).pathname,
  );
  return operation.related.configurationId;
}

/** Holds the conversation, closes it, and answers where the customer's observations are. */
async function play(
  server: BenchServer,
  configurationId: string,
  customer: string,
  { turns }: Dialogue,
): Promise<string> {
  const [from, to] = [customer, agentNumber].map((address) => ({ address, channel: 'SMS' }));
  const { id, participants } = await server.call<{
    id: string;
    participants: { type: string; profileId?: string }[];
  }>('POST', '/v2/Conversations', {
    configurationId,
    participants: [
      { type: 'CUSTOMER', addresses: [from] },
      { type: 'AI_AGENT', addresses: [to] },
    ],
  });
  for (const message of turns) {
    const [author, recipient] = isCustomer(message) ? [from, to] : [to, from];
    await server.call('POST', `/v2/Conversations/${id}/Communications`, {
      author,
      content: { type: 'TEXT', text: message.text },
      recipients: [recipient],
    });
  }
  const closed = await server.call<{ memoryStoreId?: string; configuration?: { memoryStoreId: string } }>(
    'PUT',
    `/v2/Conversations/${id}`,
    { status: 'CLOSED' },
  );
  const profileId = participants.find(({ type }) => type === 'CUSTOMER')?.profileId;
  return `/v1/Stores/${closed.configuration?.memoryStoreId}/Profiles/${profileId}/Observations`;
}

async function countObservations(server: BenchServer, places: ReadonlySet<string>): Promise<Counts> {
  let [observations, revised] = [0, 0];
  for (const place of places) {
    for (let token = ''; ; ) {
      const page = await server.call<{
        observations: { createdAt: string; updatedAt?: string }[];
        meta: { nextToken?: string };
      }>('GET', `${place}?pageSize=${observationsPerPage}${token && `&pageToken=${token}`}`);
      observations += page.observations.length;
      revised += page.observations.filter(
        ({ createdAt, updatedAt }) => updatedAt && updatedAt !== createdAt,
      ).length;
      if (!page.meta.nextToken) break;
      token = page.meta.nextToken;
    }
  }
  return { observations, revised };
}

/** Numbers of the range for fiction, under area codes counting up. */
function customerNumber(at: number): string {
  return `+1${201 + Math.floor(at / 99)}55501${String(at % 99).padStart(2, '0')}`;
}
