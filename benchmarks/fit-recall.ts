import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { findDateRange } from '../src/memory/recall/date-range.ts';
import { featureNames } from '../src/memory/recall/features.ts';
import { toQuery } from '../src/memory/recall/query.ts';
import { type Field, toCandidates, toField } from '../src/memory/recall/scoring.ts';
import { MemoryIndex, toDocument } from '../src/memory/search/index.ts';
import { dot, fitChance, fitRanking, logistic } from './support/linear-models.ts';
import { type LocomoDialogue, readLocomo } from './support/locomo.ts';
import { describeMachine, round } from './support/machine.ts';

const depths = [5, 10, 20] as const;
/** Results of a query whose scores are calibrated. */
const calibratedDepth = 20;
const bins = 10;
const weightsFile = 'src/memory/recall/weights.ts';
const fieldNames = ['behindBest', 'best', 'coverage', 'words', 'rivals', 'intercept'] as const;

/** Features that are taken away together in the ablation table. */
const parts: Readonly<Record<string, readonly (typeof featureNames)[number][]>> = {
  'neighbouring memories': [
    'wordsBefore',
    'wordsAfter',
    'wordsTwoBefore',
    'wordsTwoAfter',
    'coverageWithPrevious',
    'answersQuestion',
  ],
  'the whole conversation': ['conversation', 'conversationTop'],
  'who says it': ['speaker'],
  'dates and times': ['date', 'time'],
  'questions and answers': ['question', 'answersQuestion'],
  'coverage of the query': ['coverage', 'coverageWithPrevious'],
  length: ['length'],
};

interface Asked {
  readonly dialogue: string;
  readonly evidence: number;
  readonly rows: readonly (readonly number[])[];
  readonly isRight: readonly boolean[];
}

/**
 * Fits the weights of Recall to dialogues with questions, and says how good they are on dialogues that they have not seen:
 * each dialogue is scored with weights fitted to the others. Writes the weights fitted to all of them with `--write`.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: { locomo: { type: 'string' }, write: { type: 'boolean', default: false } },
  });
  if (!values.locomo) throw new Error('--locomo FILE is needed: dialogues in the LoCoMo format');
  const asked: Asked[] = [];
  for (const dialogue of readLocomo(values.locomo)) asked.push(...(await askAll(dialogue)));
  const all = featureNames.map((_, at) => at);
  const words = [featureNames.indexOf('words')];
  const whole = crossValidate(asked, all);
  if (values.write) writeWeights(asked);
  return {
    benchmark: 'fit-recall',
    machine: describeMachine(),
    questions: asked.length,
    method: 'each dialogue with weights fitted to the others',
    wordsOnly: measure(asked, crossValidate(asked, words)),
    all: measure(asked, whole),
    without: Object.fromEntries(
      Object.entries(parts).map(([part, names]) => {
        const kept = all.filter((at) => !names.some((name) => name === featureNames[at]));
        return [part, measure(asked, crossValidate(asked, kept))];
      }),
    ),
    calibration: calibrate(asked),
  };
}

async function askAll(dialogue: LocomoDialogue): Promise<Asked[]> {
  const index = new MemoryIndex();
  const turnOf = new Map<string, string>();
  for (const { number, date, turns } of dialogue.sessions) {
    for (const turn of turns) {
      const id = String(turnOf.size).padStart(6, '0');
      turnOf.set(id, turn.id);
      const occurredAt = date.getTime();
      const conversationIds = [`${dialogue.id}-${number}`];
      index.put(toDocument({ id, text: turn.text, occurredAt, createdAt: turnOf.size, conversationIds }));
    }
  }
  const now = dialogue.sessions.at(-1)?.date.getTime() ?? 0;
  const asked: Asked[] = [];
  for (const { text, evidence } of dialogue.questions) {
    if (evidence.length === 0) continue;
    const { places, features } = toCandidates(index, toQuery(text, await findDateRange(text, now)));
    asked.push({
      dialogue: dialogue.id,
      evidence: evidence.length,
      rows: places.map((_, at) => [
        ...features.subarray(at * featureNames.length, (at + 1) * featureNames.length),
      ]),
      isRight: places.map((place) => evidence.includes(turnOf.get(index.document(place).id) ?? '')),
    });
  }
  return asked;
}

/** The sums of every question's candidates, by weights fitted to the other dialogues. */
function crossValidate(asked: readonly Asked[], columns: readonly number[]): number[][] {
  const chosen = asked.map(({ rows, ...question }) => ({
    ...question,
    rows: rows.map((row) => columns.map((at) => row[at] ?? 0)),
  }));
  const weightsOf = new Map(
    [...new Set(asked.map(({ dialogue }) => dialogue))].map((held) => [
      held,
      fitRanking(chosen.filter(({ dialogue }) => dialogue !== held)),
    ]),
  );
  return chosen.map(({ dialogue, rows }) => rows.map((row) => dot(row, weightsOf.get(dialogue) ?? [])));
}

function measure(asked: readonly Asked[], sums: readonly (readonly number[])[]): Record<string, number> {
  const shares = depths.map((depth) => {
    const found = asked.map(({ isRight, evidence }, at) => {
      const order = orderOf(sums[at] ?? []).slice(0, depth);
      return order.filter((candidate) => isRight[candidate]).length / evidence;
    });
    return [`R@${depth}`, round((100 * total(found)) / asked.length)] as const;
  });
  return Object.fromEntries(shares);
}

/** Reliability of the scores, each dialogue with weights and calibration fitted to the others. */
function calibrate(asked: readonly Asked[]) {
  const judged: { chance: number; isRight: boolean }[] = [];
  for (const held of new Set(asked.map(({ dialogue }) => dialogue))) {
    const others = asked.filter(({ dialogue }) => dialogue !== held);
    const weights = fitRanking(others);
    const chanceOf = fitCalibration(others, weights);
    for (const { inputs, isRight } of toResults(
      asked.filter(({ dialogue }) => dialogue === held),
      weights,
    )) {
      judged.push({ chance: logistic(dot([...inputs, 1], chanceOf)), isRight });
    }
  }
  const table = Array.from({ length: bins }, (_, bin) => {
    const inBin = judged.filter(({ chance }) => Math.min(bins - 1, Math.floor(chance * bins)) === bin);
    const said = total(inBin.map(({ chance }) => chance)) / inBin.length;
    const right = inBin.filter(({ isRight }) => isRight).length / inBin.length;
    return { from: bin / bins, results: inBin.length, said: round(said, 3), right: round(right, 3) };
  }).filter(({ results }) => results > 0);
  const error =
    total(table.map(({ results, said, right }) => results * Math.abs(said - right))) / judged.length;
  return { results: judged.length, error: round(error, 4), table };
}

function fitCalibration(asked: readonly Asked[], weights: readonly number[]): number[] {
  const results = toResults(asked, weights);
  return fitChance(
    results.map(({ inputs }) => inputs),
    results.map(({ isRight }) => isRight),
  );
}

/** The first results of each question, with what the calibration looks at. */
function toResults(asked: readonly Asked[], weights: readonly number[]) {
  return asked.flatMap(({ rows, isRight }) => {
    const sums = rows.map((row) => dot(row, weights));
    const field = toField(Float64Array.from(rows.flat()), Float64Array.from(sums));
    return orderOf(sums)
      .slice(0, calibratedDepth)
      .map((at) => ({ inputs: inputsOf(sums[at] ?? 0, field), isRight: isRight[at] ?? false }));
  });
}

function inputsOf(sum: number, { best, coverage, words, rivals }: Field): number[] {
  return [sum - best, best, coverage, words, rivals];
}

function writeWeights(asked: readonly Asked[]): void {
  const weights = fitRanking(asked);
  const calibration = fitCalibration(asked, weights);
  const members = (names: readonly string[], values: readonly number[]) =>
    names.map((name, at) => `  ${name}: ${round(values[at] ?? 0, 4)},\n`).join('');
  writeFileSync(
    weightsFile,
    `// Written by \`npm run bench -- fit-recall --write\`; not edited by hand.
import type { FeatureName } from './features.ts';

/** How much each feature speaks for a memory. */
export const weights: Readonly<Record<FeatureName, number>> = {
${members(featureNames, weights)}};

/** How the sum of a memory, seen against the others of the query, becomes the chance that it is what was asked for. */
export const calibration = {
${members(fieldNames, calibration)}};
`,
  );
}

function orderOf(sums: readonly number[]): number[] {
  return sums.map((_, at) => at).sort((a, b) => (sums[b] ?? 0) - (sums[a] ?? 0) || a - b);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
