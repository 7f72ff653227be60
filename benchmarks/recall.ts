import { parseArgs } from 'node:util';
import { noiseVector, startEmbeddingServer } from '../tests/support/embedding-server.ts';
import { categoryNames, type LocomoDialogue, type LocomoQuestion, readLocomo } from './support/locomo.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { type BenchServer, startBenchServer } from './support/server.ts';
import { createStore } from './support/store.ts';

export const depths = [5, 10, 20] as const;
const observationsPerRequest = 10;
const contentMax = 4096;

interface Scored {
  readonly category: number;
  /** Share of the evidence among the first 5, 10 and 20. */
  readonly recall: readonly number[];
  readonly ms: number;
  /** The turns that were found, with their scores. */
  readonly answer: string;
}

/**
 * Recall over long dialogues, through the HTTP API: each turn is one observation of one profile per dialogue, each question
 * a query; a hit is an evidence turn among the first k results. Micro-average over the questions that have evidence. With
 * `--noise-embeddings` the same once more with a model whose vectors have nothing to do with their texts.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: { locomo: { type: 'string' }, 'noise-embeddings': { type: 'boolean', default: false } },
  });
  if (!values.locomo) throw new Error('--locomo FILE is needed: dialogues in the LoCoMo format');
  const dialogues = readLocomo(values.locomo);
  const scored = await askAll(dialogues);
  if (!values['noise-embeddings']) return report(dialogues.length, scored);
  const withNoise = await askWithNoise(dialogues);
  return {
    ...report(dialogues.length, scored),
    noiseEmbeddings: {
      ...average(withNoise),
      sameAnswers: withNoise.filter(({ answer }, at) => answer === scored[at]?.answer).length,
    },
  };
}

/** With an embedding model that gives each text a random vector of its own. */
async function askWithNoise(dialogues: readonly LocomoDialogue[]): Promise<Scored[]> {
  const provider = await startEmbeddingServer(noiseVector);
  try {
    return await askAll(dialogues, {
      RAPPORT_EMBEDDINGS_BASE_URL: provider.baseUrl,
      RAPPORT_EMBEDDINGS_MODEL: 'noise',
      // So that every question is asked with its vector.
      RAPPORT_EMBEDDINGS_TIMEOUT_MS: '10000',
    });
  } finally {
    await provider.stop();
  }
}

async function askAll(
  dialogues: readonly LocomoDialogue[],
  env: Readonly<Record<string, string>> = {},
): Promise<Scored[]> {
  const server = await startBenchServer({ env });
  try {
    const storeId = await createStore(server, 'recall');
    const scored: Scored[] = [];
    for (const dialogue of dialogues) {
      const profilePath = await createProfile(server, storeId, dialogue);
      const turnOf = await storeTurns(server, profilePath, dialogue);
      await server.call('POST', '/rapport/v1/idle');
      const questions = dialogue.questions.filter((question) => question.evidence.length > 0);
      for (const question of questions) scored.push(await ask(server, profilePath, question, turnOf));
      process.stderr.write(`${dialogue.id}: ${turnOf.size} observations, ${questions.length} questions\n`);
    }
    return scored;
  } finally {
    await server.stop();
  }
}

export async function createProfile(
  server: BenchServer,
  storeId: string,
  { id }: LocomoDialogue,
): Promise<string> {
  const profiles = `/v1/Stores/${storeId}/Profiles`;
  const created = await server.call<{ id: string }>('POST', profiles, {
    traits: { Contact: { email: `${id}@example.com` } },
  });
  return `${profiles}/${created.id}`;
}

/** Stores the turns in order and answers which observation is which turn. */
export async function storeTurns(
  server: BenchServer,
  profilePath: string,
  dialogue: LocomoDialogue,
): Promise<Map<string, string>> {
  const turns = dialogue.sessions.flatMap((session) =>
    session.turns.map((turn) => ({
      turnId: turn.id,
      content: [...turn.text].slice(0, contentMax).join(''),
      source: 'locomo',
      occurredAt: session.date.toISOString(),
      conversationIds: [conversationIdOf(dialogue.id, session.number)],
    })),
  );
  for (let start = 0; start < turns.length; start += observationsPerRequest) {
    const observations = turns
      .slice(start, start + observationsPerRequest)
      .map(({ turnId: _turnId, ...observation }) => observation);
    await server.call('POST', `${profilePath}/Observations`, { observations });
  }
  const ids = await listIds(server, profilePath);
  return new Map(turns.map(({ turnId }, at) => [ids[at] ?? '', turnId]));
}

/** Observation ids in the order in which they were stored. */
async function listIds(server: BenchServer, profilePath: string): Promise<string[]> {
  const ids: string[] = [];
  for (let token = ''; ; ) {
    const page = await server.call<{ observations: { id: string }[]; meta: { nextToken?: string } }>(
      'GET',
      `${profilePath}/Observations?orderBy=ASC&pageSize=50${token && `&pageToken=${token}`}`,
    );
    ids.push(...page.observations.map((observation) => observation.id));
    if (!page.meta.nextToken) return ids;
    token = page.meta.nextToken;
  }
}

async function ask(
  server: BenchServer,
  profilePath: string,
  question: LocomoQuestion,
  turnOf: ReadonlyMap<string, string>,
): Promise<Scored> {
  const startedAt = performance.now();
  const { observations } = await server.call<{ observations: { id: string; score: number }[] }>(
    'POST',
    `${profilePath}/Recall`,
    {
      query: question.text,
      observationsLimit: Math.max(...depths),
      summariesLimit: 0,
    },
  );
  const ms = performance.now() - startedAt;
  const found = observations.map(({ id }) => turnOf.get(id));
  const recall = depths.map((depth) => {
    const first = new Set(found.slice(0, depth));
    return question.evidence.filter((turn) => first.has(turn)).length / question.evidence.length;
  });
  const answer = observations.map(({ score }, at) => `${found[at]} ${score}`).join();
  return { category: question.category, recall, ms, answer };
}

function average(rows: readonly Scored[]) {
  const shares = depths.map((depth, at) => [
    `R@${depth}`,
    round((100 * sum(rows.map((row) => row.recall[at] ?? 0))) / rows.length),
  ]);
  return { questions: rows.length, ...Object.fromEntries(shares) };
}

function report(dialogues: number, scored: readonly Scored[]) {
  const categories = [...new Set(scored.map(({ category }) => category))].sort();
  return {
    benchmark: 'recall',
    machine: describeMachine(),
    dialogues,
    all: average(scored),
    byCategory: Object.fromEntries(
      categories.map((category) => [
        categoryNames[category] ?? category,
        average(scored.filter((row) => row.category === category)),
      ]),
    ),
    latencyMs: {
      p50: round(
        percentile(
          scored.map(({ ms }) => ms),
          0.5,
        ),
      ),
      p95: round(
        percentile(
          scored.map(({ ms }) => ms),
          0.95,
        ),
      ),
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A conversation id of the API's form for a session. */
function conversationIdOf(dialogueId: string, session: number): string {
  const suffix = `${dialogueId.replaceAll(/[^0-9]/g, '')}${String(session).padStart(3, '0')}`;
  return `conv_conversation_${suffix.padStart(26, '0')}`;
}
