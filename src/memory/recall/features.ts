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

/** What features are made from. */
export interface FeatureSource {
  readonly index: MemoryIndex;
  readonly query: Query;
  readonly match: LexicalMatch;
  /** See `findNamedSpeaker`. */
  readonly namedSpeaker: string | undefined;
}

/** Whom the query names, of those who speak in the memories; undefined when that is nobody, or more than one. */
export function findNamedSpeaker(query: Query, speakers: Iterable<string>): string | undefined {
  const named = [...speakers].filter((speaker) => speaker.split(' ').some((word) => query.names.has(word)));
  return named.length === 1 ? named[0] : undefined;
}

/** Writes the features of the memory at a place, from a position of `into` on. */
export function writeFeatures(
  into: Float64Array,
  position: number,
  { index, query, match, namedSpeaker }: FeatureSource,
  place: number,
): void {
  const document = index.document(place);
  const previous = index.previous[place] ?? noPlace;
  const next = index.next[place] ?? noPlace;
  const scene = index.sceneOf[place] ?? noPlace;
  const before = match.share(previous);
  // In the order of `featureNames`. One after the other: a list of them would be made for each of hundreds of memories.
  let at = position;
  into[at++] = match.share(place);
  into[at++] = before;
  into[at++] = match.share(next);
  into[at++] = previous === noPlace ? 0 : match.share(index.previous[previous] ?? noPlace);
  into[at++] = next === noPlace ? 0 : match.share(index.next[next] ?? noPlace);
  into[at++] = match.sceneShare(scene);
  into[at++] = match.sceneTop(scene);
  into[at++] = match.coverage(place);
  into[at++] = match.coverage(place, previous);
  into[at++] = isSaidBy(document.speaker, namedSpeaker);
  into[at++] = isWithin(document.occurredAt, query.range);
  into[at++] = document.isQuestion ? 1 : 0;
  into[at++] = previous !== noPlace && index.document(previous).asks ? before : 0;
  into[at++] = Math.log(document.length + 1) / 3;
  into[at] = query.asksTime && document.tellsTime ? 1 : 0;
}

function isSaidBy(speaker: string, named: string | undefined): number {
  if (named === undefined || speaker === '') return 0;
  return speaker === named ? 1 : -1;
}

function isWithin(time: number, range: Query['range']): number {
  if (!range) return 0;
  return time >= range.beginMs && time < range.endMs ? 1 : -1;
}
