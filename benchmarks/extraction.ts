import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { offlineExtractor } from '../src/extraction/offline/offline-extractor.ts';
import { describeMachine } from './support/machine.ts';

/**
 * How much of what dialogues establish the offline extractor writes down, at which length and speed.
 *
 * `--service FILE`: one dialogue a line, `{turns: [{author, text}], facts: [{slot, values}]}`.
 * `--support FILE`: an array of `{turns: [{author, text}], personal: {}, order: {}}`; turns by ACTION are clicks, not messages.
 * `--print N`: shows the first N dialogues with what was made of them, on stderr.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: {
      service: { type: 'string' },
      support: { type: 'string' },
      print: { type: 'string', default: '0' },
    },
  });
  const printed = Number(values.print);
  return {
    benchmark: 'extraction',
    machine: describeMachine(),
    ...(values.service ? { service: await measure(readService(values.service), printed) } : {}),
    ...(values.support ? { support: await measure(readSupport(values.support), printed) } : {}),
  };
}

interface Message {
  readonly author: string;
  readonly text: string;
}

interface Dialogue {
  readonly turns: readonly Message[];
  /** Any of the values will do. */
  readonly facts: readonly { readonly slot: string; readonly values: readonly string[] }[];
}

function readService(file: string): Dialogue[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Details that the dialogue itself never mentions are no facts of it. */
function readSupport(file: string): Dialogue[] {
  const chats: { turns: Message[]; personal: Record<string, string>; order: Record<string, string> }[] =
    JSON.parse(readFileSync(file, 'utf8'));
  return chats.map(({ turns, personal, order }) => {
    const messages = turns.filter(({ author }) => author !== 'ACTION');
    const said = normalise(messages.map(({ text }) => text).join(' '));
    const facts = Object.entries({ ...personal, ...order }).map(([slot, value]) => ({
      slot,
      values: [value],
    }));
    return {
      turns: messages,
      facts: facts.filter(({ values: [value = ''] }) => said.includes(normalise(value))),
    };
  });
}

async function measure(dialogues: readonly Dialogue[], print: number): Promise<Record<string, unknown>> {
  const extractor = offlineExtractor();
  const lengths: number[] = [];
  const missed = new Map<string, number>();
  let found = 0;
  let facts = 0;
  const startedAt = performance.now();
  for (const [number, dialogue] of dialogues.entries()) {
    const { observations, summary } = await extractor.extract({
      customerName: undefined,
      turns: dialogue.turns.map(({ author, text }, index) => ({
        index,
        side: author === 'CUSTOMER' ? 'customer' : 'agent',
        text,
        occurredAt: index,
        isNew: true,
      })),
      wantsSummary: true,
      signal: new AbortController().signal,
    });
    const written = normalise(observations.map(({ content }) => content).join(' '));
    for (const { slot, values } of dialogue.facts) {
      facts += 1;
      if (values.some((value) => written.includes(normalise(value)))) found += 1;
      else missed.set(slot, (missed.get(slot) ?? 0) + 1);
    }
    lengths.push(...observations.map(({ content }) => content.length));
    if (number < print) show(dialogue, observations, summary);
  }
  const elapsedMs = performance.now() - startedAt;
  return {
    dialogues: dialogues.length,
    factsFound: round(found / facts),
    observationsPerDialogue: round(lengths.length / dialogues.length),
    observationLengthMean: round(lengths.reduce((sum, length) => sum + length, 0) / lengths.length),
    observationLengthMax: Math.max(...lengths),
    millisecondsPerDialogue: round(elapsedMs / dialogues.length),
    missedBySlot: Object.fromEntries([...missed].sort(([, a], [, b]) => b - a)),
  };
}

function show(
  dialogue: Dialogue,
  observations: readonly { content: string }[],
  summary: string | undefined,
): void {
  const lines = [
    ...dialogue.turns.map(({ author, text }) => `${author}: ${text}`),
    ...observations.map(({ content }) => `  → ${content}`),
    ...(summary === undefined ? [] : [`  Σ ${summary}`]),
  ];
  process.stderr.write(`${lines.join('\n')}\n\n`);
}

/** Whole words in lower case, so that "2" is not found in "12". */
function normalise(text: string): string {
  return ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
