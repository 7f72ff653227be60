import { parseArgs } from 'node:util';
import type { Extracted } from '../src/extraction/extractor.ts';
import { offlineExtractor } from '../src/extraction/offline/offline-extractor.ts';
import {
  type Dialogue,
  isCustomer,
  readServiceDialogues,
  readSupportChats,
  states,
} from './support/dialogues.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { replayTwice } from './support/replay.ts';

/** When the dialogues are said to have happened; a minute from message to message. */
const startedAt = Date.UTC(2026, 0, 15, 9);
const minuteMs = 60_000;

/**
 * How much of what dialogues establish the offline extractor writes down, how much of what it writes holds a fact, and at
 * which length and speed.
 *
 * `--service FILE`, `--support FILE`: see support/dialogues.ts. `--print N`: shows the first N dialogues with what was made of
 * them, on stderr. `--no-replay`: leaves out playing everything twice on a server.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: {
      service: { type: 'string' },
      support: { type: 'string' },
      print: { type: 'string', default: '0' },
      'no-replay': { type: 'boolean', default: false },
    },
  });
  const printed = Number(values.print);
  const service = values.service ? readServiceDialogues(values.service) : [];
  const support = values.support ? readSupportChats(values.support) : [];
  return {
    benchmark: 'extraction',
    machine: describeMachine(),
    ...(service.length > 0 ? { service: await measure(service, printed) } : {}),
    ...(support.length > 0 ? { support: await measure(support, printed) } : {}),
    ...(values['no-replay'] ? {} : { replays: await replay([...service, ...support]) }),
  };
}

async function replay(dialogues: readonly Dialogue[]) {
  return {
    profileEach: await replayTwice(dialogues, 'each'),
    oneProfile: await replayTwice(dialogues, 'one'),
  };
}

interface Read {
  readonly dialogue: Dialogue;
  readonly contents: readonly string[];
  readonly summary: string;
  readonly ms: number;
}

async function measure(dialogues: readonly Dialogue[], print: number): Promise<Record<string, unknown>> {
  const read: Read[] = [];
  for (const dialogue of dialogues) read.push(await readOne(dialogue));
  for (const one of read.slice(0, print)) show(one);
  return { ...quality(read), ...sizes(read), missedBySlot: missedBySlot(read) };
}

async function readOne(dialogue: Dialogue): Promise<Read> {
  const begun = performance.now();
  const { observations, summary }: Extracted = await offlineExtractor().extract({
    customerName: undefined,
    turns: dialogue.turns.map((message, index) => ({
      index,
      side: isCustomer(message) ? 'customer' : 'agent',
      text: message.text,
      occurredAt: startedAt + index * minuteMs,
      isNew: true,
    })),
    wantsSummary: true,
    signal: new AbortController().signal,
  });
  const ms = performance.now() - begun;
  return { dialogue, contents: observations.map(({ content }) => content), summary: summary ?? '', ms };
}

function quality(read: readonly Read[]): Record<string, number> {
  const facts = read.flatMap(({ dialogue, contents, summary }) =>
    dialogue.facts.map((fact) => ({
      isObserved: contents.some((content) => states(content, fact)),
      isSummarised: states(summary, fact),
    })),
  );
  const observations = read.flatMap(({ dialogue, contents }) =>
    contents.map((content) => ({ holdsFact: dialogue.facts.some((fact) => states(content, fact)) })),
  );
  return {
    dialogues: read.length,
    facts: facts.length,
    factsFound: share(facts, ({ isObserved }) => isObserved),
    factsInSummaries: share(facts, ({ isSummarised }) => isSummarised),
    observationsWithFact: share(observations, ({ holdsFact }) => holdsFact),
  };
}

function sizes(read: readonly Read[]): Record<string, number> {
  const lengths = read.flatMap(({ contents }) => contents.map((content) => content.length));
  const said = sum(
    read.flatMap(({ dialogue }) => dialogue.turns.filter(isCustomer).map(({ text }) => text.length)),
  );
  const summaries = read.map(({ summary }) => summary.length);
  return {
    observationsPerDialogue: round(lengths.length / read.length, 3),
    observationCharactersPerCustomerCharacter: round(sum(lengths) / said, 3),
    observationLengthMean: round(sum(lengths) / lengths.length),
    observationLengthMax: Math.max(...lengths),
    summaryLengthMean: round(sum(summaries) / read.length),
    summaryLengthMax: Math.max(...summaries),
    millisecondsPerDialogueMedian: round(
      percentile(
        read.map(({ ms }) => ms),
        0.5,
      ),
      3,
    ),
  };
}

function missedBySlot(read: readonly Read[]): Record<string, number> {
  const missed = new Map<string, number>();
  for (const { dialogue, contents } of read) {
    for (const fact of dialogue.facts) {
      if (contents.some((content) => states(content, fact))) continue;
      missed.set(fact.slot, (missed.get(fact.slot) ?? 0) + 1);
    }
  }
  return Object.fromEntries([...missed].sort(([, a], [, b]) => b - a));
}

function show({ dialogue, contents, summary }: Read): void {
  const lines = [
    ...dialogue.turns.map(({ author, text }) => `${author}: ${text}`),
    ...contents.map((content) => `  → ${content}`),
    `  Σ ${summary}`,
  ];
  process.stderr.write(`${lines.join('\n')}\n\n`);
}

function share<T>(items: readonly T[], counts: (item: T) => boolean): number {
  return round(items.filter(counts).length / items.length, 3);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
