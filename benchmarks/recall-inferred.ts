import { parseArgs } from 'node:util';
import { createProfile, depths, storeTurns } from './recall.ts';
import { type LocomoDialogue, readLocomo } from './support/locomo.ts';
import { describeMachine, round } from './support/machine.ts';
import { type BenchServer, startBenchServer } from './support/server.ts';
import { createStore } from './support/store.ts';

/** Turns of the conversation in front of the question. */
const turnsBefore = 9;
const agentNumber = '+12025550199';

type Way = 'query' | 'inferred' | 'recent';

/**
 * Recall when the caller names the conversation and no query. Each question is the customer's last turn of a conversation that
 * begins with the end of the dialogue's last session, of which nothing is remembered yet. Its evidence is looked for with the
 * question as the query, with the query that the conversation amounts to, and, without either, among the most recent memories.
 * `--every N` takes each Nth question.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({ args, options: { locomo: { type: 'string' }, every: { type: 'string' } } });
  if (!values.locomo) throw new Error('--locomo FILE is needed: dialogues in the LoCoMo format');
  const every = Number(values.every ?? 1);
  const found: Record<Way, number[][]> = { query: [], inferred: [], recent: [] };
  const server = await startBenchServer();
  try {
    const storeId = await createStore(server, 'recall');
    const configurationId = await createConfiguration(server, storeId);
    for (const dialogue of readLocomo(values.locomo)) {
      await askAll(server, { storeId, configurationId, dialogue, every }, found);
      process.stderr.write(`${dialogue.id}\n`);
    }
  } finally {
    await server.stop();
  }
  return {
    benchmark: 'recall-inferred',
    machine: describeMachine(),
    questions: found.query.length,
    every,
    query: average(found.query),
    inferred: average(found.inferred),
    recent: average(found.recent),
  };
}

async function askAll(
  server: BenchServer,
  setting: { storeId: string; configurationId: string; dialogue: LocomoDialogue; every: number },
  found: Record<Way, number[][]>,
): Promise<void> {
  const { storeId, configurationId, dialogue, every } = setting;
  const profilePath = await createProfile(server, storeId, dialogue);
  const last = dialogue.sessions.at(-1);
  const turnOf = await storeTurns(server, profilePath, {
    ...dialogue,
    sessions: dialogue.sessions.slice(0, -1),
  });
  const said = last?.turns.slice(-turnsBefore) ?? [];
  const now = new Set(last?.turns.map(({ id }) => id));
  const questions = dialogue.questions.filter(
    ({ evidence }) => evidence.length > 0 && !evidence.some((turn) => now.has(turn)),
  );
  for (const [at, { text, evidence }] of questions.entries()) {
    if (at % every !== 0) continue;
    const turns = [...said.map((turn) => turn.text.replace(/^[^:]+: /, '')), text];
    const conversationId = await hold(server, configurationId, turns);
    const asks = { query: { query: text }, inferred: { conversationId }, recent: {} };
    for (const [way, body] of Object.entries(asks) as [Way, object][]) {
      const { observations } = await server.call<{ observations: { id: string }[] }>(
        'POST',
        `${profilePath}/Recall`,
        { ...body, observationsLimit: Math.max(...depths), summariesLimit: 0 },
      );
      const ids = observations.map(({ id }) => turnOf.get(id));
      found[way].push(
        depths.map((depth) => {
          const first = new Set(ids.slice(0, depth));
          return evidence.filter((turn) => first.has(turn)).length / evidence.length;
        }),
      );
    }
  }
}

async function createConfiguration(server: BenchServer, storeId: string): Promise<string> {
  const { related } = await server.call<{ related: { configurationId: string } }>(
    'POST',
    '/v2/ControlPlane/Configurations',
    {
      displayName: 'recall',
      description: '',
      conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES',
      memoryStoreId: storeId,
      channelSettings: {},
    },
  );
  return related.configurationId;
}

/** A conversation in which agent and customer take turns, the customer last. */
async function hold(server: BenchServer, configurationId: string, turns: readonly string[]): Promise<string> {
  const { id } = await server.call<{ id: string }>('POST', '/v2/Conversations', { configurationId });
  const agent = { channel: 'SMS', address: agentNumber };
  const customer = { channel: 'CHAT', address: id };
  for (const [type, address] of [
    ['CUSTOMER', customer],
    ['AI_AGENT', agent],
  ] as const) {
    await server.call('POST', `/v2/Conversations/${id}/Participants`, { type, addresses: [address] });
  }
  for (const [at, text] of turns.entries()) {
    const isCustomer = (turns.length - 1 - at) % 2 === 0;
    await server.call('POST', `/v2/Conversations/${id}/Communications`, {
      author: isCustomer ? customer : agent,
      recipients: [isCustomer ? agent : customer],
      content: { type: 'TEXT', text: text.trim() || '…' },
    });
  }
  return id;
}

function average(rows: readonly (readonly number[])[]): Record<string, number> {
  const entries = depths.map((depth, at) => {
    const total = rows.reduce((sum, row) => sum + (row[at] ?? 0), 0);
    return [`R@${depth}`, round((100 * total) / Math.max(1, rows.length))] as const;
  });
  return Object.fromEntries(entries);
}
