import type { GuardCategory } from '../../config/index.ts';
import type { LanguageModel } from '../../models/index.ts';
import type { Candidate, ExtractionRequest, Extractor, Known } from '../extractor.ts';
import { ExtractionAnswer } from './answer.ts';
import { lineOf, type Part, promptFor } from './prompt.ts';
import { instructionsFor, promptVersion } from './prompts/extraction-2.ts';
import { windowsOf } from './windows.ts';

export interface ModelExtractorOptions {
  /** Tokens of one call, question and answer together. */
  readonly contextTokens: number;
  /** Sensitive data that memories may hold. */
  readonly allowed: ReadonlySet<GuardCategory>;
}

/** Observations that are kept of one answer. */
const observationsMax = 20;
/** Kept free for the answer. */
const answerTokens = 2000;
/** English has some four characters a token, other languages fewer. */
const charactersPerToken = 3;
/** Characters of a question beside its data, and of the summary of what came before. */
const headLength = 2000;
/** Shares of the room that go to messages, to what the profile holds, and to what parts before have said. */
const shares = { turns: 0.6, known: 0.25, noted: 0.15 } as const;

/** Reads conversations with a language model: one call, or one for each part of a long conversation. Throws a ModelError. */
export function modelExtractor(
  model: LanguageModel,
  { contextTokens, allowed }: ModelExtractorOptions,
): Extractor {
  const instructions = instructionsFor(allowed);
  const room = (contextTokens - answerTokens) * charactersPerToken - instructions.length - headLength;
  const ask = async (part: Part, signal: AbortSignal): Promise<ExtractionAnswer> => {
    const prompt = promptFor(part);
    const schemaName = 'conversation_memories';
    const answer = await model.generate({
      instructions,
      prompt,
      schema: ExtractionAnswer,
      schemaName,
      signal,
    });
    // Only servers that ask a model spend the memory of it.
    const { Parse } = await import('typebox/value');
    return Parse(ExtractionAnswer, answer);
  };
  return {
    async extract(request) {
      const observations: Candidate[] = [];
      let summary: string | undefined;
      for (const part of partsOf(request, room)) {
        const notedBefore = newestWithin(
          observations.map(({ content }) => content),
          room * shares.noted,
        );
        const full = { ...part, notedBefore, summaryBefore: summary };
        const answer = await ask(full, request.signal);
        observations.push(...toCandidates(answer, full));
        if (request.wantsSummary) summary = answer.summary ?? summary;
      }
      return { observations, summary, by: { name: model.name, version: promptVersion } };
    },
  };
}

function partsOf(
  { customerName, turns, known = [], wantsSummary }: ExtractionRequest,
  room: number,
): Omit<Part, 'notedBefore' | 'summaryBefore'>[] {
  const shown = withShortIds(known, room * shares.known);
  const windows = windowsOf(turns, {
    charactersMax: room * shares.turns,
    lengthOf: (turn) => lineOf(turn).length + 1,
    isAllWanted: wantsSummary,
  });
  return windows.map((window, at) => ({
    number: at + 1,
    count: windows.length,
    customerName,
    turns: window,
    wantsSummary,
    known: shown,
  }));
}

/** As many of the first as there is room for, under ids that a model can repeat without a slip. */
function withShortIds(known: readonly Known[], charactersMax: number): Map<string, Known> {
  const shown = new Map<string, Known>();
  let length = 0;
  for (const observation of known) {
    length += observation.content.length + 50;
    if (length > charactersMax) break;
    shown.set(`K${shown.size + 1}`, observation);
  }
  return shown;
}

function newestWithin(texts: readonly string[], charactersMax: number): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const text of texts.toReversed()) {
    length += text.length + 50;
    if (length > charactersMax) break;
    kept.unshift(text);
  }
  return kept;
}

/**
 * The answer, as far as it can be used: what it says of messages that it was not shown is dated by the newest, and an id that
 * the profile does not have changes nothing.
 */
function toCandidates({ observations }: ExtractionAnswer, { turns, known }: Part): Candidate[] {
  const newest = turns.findLast(({ isNew }) => isNew);
  if (!newest) return [];
  return observations.slice(0, observationsMax).map(({ content, communicationIndex, updates }) => {
    const { index, occurredAt } = turns.find((turn) => turn.index === communicationIndex) ?? newest;
    return { content, occurredAt, evidence: [index], updates: known.get(updates ?? '') };
  });
}
