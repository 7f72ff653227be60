import { type LexicalMatch, type MemoryIndex, noPlace } from '../search/index.ts';
import type { Query } from './query.ts';

/** What speaks for a memory, in the order of the weights (see weights.ts). All of them are around 0 to 1. */
export const featureNames = [
  'words',
  'wordsBefore',
  'wordsAfter',
  'wordsTwoBefore',
  'wordsTwoAfter',
  'conversation',
  'conversationTop',
  'coverage',
  'coverageWithPrevious',
  'speaker',
  'date',
  'question',
  'answersQuestion',
  'length',
  'time',
] as const;
export type FeatureName = (typeof featureNames)[number];

/** Whom the query names, of those who speak in the memories; undefined when that is nobody, or more than one. */
export function findNamedSpeaker(query: Query, speakers: Iterable<string>): string | undefined {
  const named = [...speakers].filter((speaker) => speaker.split(' ').some((word) => query.names.has(word)));
  return named.length === 1 ? named[0] : undefined;
}

/** The features of the memory at a place. */
export function toFeatures(
  index: MemoryIndex,
  query: Query,
  match: LexicalMatch,
  place: number,
  namedSpeaker: string | undefined,
): number[] {
  const document = index.document(place);
  const previous = index.previous(place);
  const next = index.next(place);
  const scene = index.sceneAt(place);
  const before = match.share(previous);
  const previousAsks = previous !== noPlace && index.document(previous).asks;
  return [
    match.share(place),
    before,
    match.share(next),
    previous === noPlace ? 0 : match.share(index.previous(previous)),
    next === noPlace ? 0 : match.share(index.next(next)),
    match.sceneShare(scene),
    match.sceneTop(scene),
    match.coverage(place),
    match.coverage(place, previous),
    namedSpeaker === undefined || document.speaker === '' ? 0 : document.speaker === namedSpeaker ? 1 : -1,
    isWithin(document.occurredAt, query.range),
    document.isQuestion ? 1 : 0,
    previousAsks ? before : 0,
    Math.log(document.length + 1) / 3,
    query.asksTime && document.tellsTime ? 1 : 0,
  ];
}

function isWithin(time: number, range: Query['range']): number {
  if (!range) return 0;
  return time >= range.beginMs && time < range.endMs ? 1 : -1;
}
