import { parseArgs } from 'node:util';
import { categoryNames, type LocomoDialogue, type LocomoQuestion, readLocomo } from './support/locomo.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { type BenchServer, startBenchServer } from './support/server.ts';

export const depths = [5, 10, 20] as const;
const observationsPerRequest = 10;
const contentMax = 4096;

interface Scored {
  readonly category: number;
  /** Share of the evidence among the first 5, 10 and 20. */
  readonly recall: readonly number[];
  readonly ms: number;
}

/**
 * Recall over long dialogues, through the HTTP API: each turn is one observation of one profile per dialogue, each question
 * a query; a hit is an evidence turn among the first k results. Micro-average over the questions that have evidence.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({ args, options: { locomo: { type: 'string' } } });
  if (!values.locomo) throw new Error('--locomo FILE is needed: dialogues in the LoCoMo format');
  const dialogues = readLocomo(values.locomo);
  const server = await startBenchServer();
  try {
    const storeId = await createStore(server);
    const scored: Scored[] = [];
    for (const dialogue of dialogues) {
      const profilePath = await createProfile(server, storeId, dialogue);
      const turnOf = await storeTurns(server, profilePath, dialogue);
      const questions = dialogue.questions.filter((question) => question.evidence.length > 0);
      for (const question of questions) scored.push(await ask(server, profilePath, question, turnOf));
      process.stderr.write(`${dialogue.id}: ${turnOf.size} observations, ${questions.length} questions\n`);
    }
    return report(dialogues.length, scored);
  } finally {
    await server.stop();
  }
}

export async function createStore(server: BenchServer): Promise<string> {
  const { statusUrl } = await server.call<{ statusUrl: string }>('POST', '/v1/ControlPlane/Stores', {
    displayName: 'recall',
  });
  const operation = await server.call<{ result: { id: string } }>('GET', new URL(statusUrl).pathname);
  return operation.result.id;
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
  const { observations } = await server.call<{ observations: { id: string }[] }>(
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
  return { category: question.category, recall, ms };
}

function report(dialogues: number, scored: readonly Scored[]) {
  const average = (rows: readonly Scored[]) => ({
    questions: rows.length,
    ...Object.fromEntries(
      depths.map((depth, at) => [
        `R@${depth}`,
        round((100 * sum(rows.map((row) => row.recall[at] ?? 0))) / rows.length),
      ]),
    ),
  });
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
