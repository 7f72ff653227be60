import type { Known, Turn } from '../extractor.ts';

/** One call's worth of a conversation. */
export interface Part {
  /** From 1. */
  readonly number: number;
  readonly count: number;
  readonly customerName: string | undefined;
  readonly turns: readonly Turn[];
  readonly wantsSummary: boolean;
  /** What the parts before came to. */
  readonly summaryBefore: string | undefined;
  readonly notedBefore: readonly string[];
  /** Under these ids the profile's observations are shown: theirs are longer, and nothing to be invented. */
  readonly known: ReadonlyMap<string, Known>;
}

/** Characters of one message that are sent. */
export const messageMax = 8000;

/**
 * The question, with everything that others wrote as JSON on lines of their own, so that no text can end the data or stand
 * beside it.
 */
export function promptFor(part: Part): string {
  const { number, count, wantsSummary } = part;
  return [
    wantsSummary ? 'Write observations and a summary.' : 'Write observations; no summary.',
    ...(count > 1 ? [`This is part ${number} of ${count} of a long conversation.`] : []),
    'BEGIN DATA',
    ...dataLines(part),
    'END DATA',
  ].join('\n');
}

function dataLines({ customerName, known, notedBefore, summaryBefore, turns }: Part): string[] {
  return [
    ...(customerName === undefined ? [] : [toLine({ customerName })]),
    ...[...known].map(([id, { content, isReplaced }]) =>
      toLine(isReplaced ? { earlierNote: id, content } : { observationOfProfile: id, content }),
    ),
    ...notedBefore.map((content) => toLine({ alreadyNoted: content })),
    ...(summaryBefore === undefined ? [] : [toLine({ summaryOfPartsBefore: summaryBefore })]),
    ...turns.map(lineOf),
  ];
}

const speakers = { customer: 'CUSTOMER', agent: 'COMPANY', other: 'ANOTHER CUSTOMER' } as const;

/** A message as it is sent. */
export function lineOf({ index, side, text, isNew, occurredAt }: Turn): string {
  return toLine({
    message: index,
    ...(isNew ? { mark: 'NEW' } : {}),
    sentAt: new Date(occurredAt).toISOString(),
    from: speakers[side],
    text: text.slice(0, messageMax).toWellFormed(),
  });
}

/** JSON leaves some characters as they are that end a line for some readers. */
function toLine(value: unknown): string {
  return JSON.stringify(value).replace(/[\u0085\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
