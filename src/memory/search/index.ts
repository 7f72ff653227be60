/** What memories are found by: an index of a profile's memories, kept in memory and exact by versions. */
export { type MemoryText, type SearchDocument, toDocument } from './document.ts';
export { detectLanguage, isStopWord, type Language } from './language.ts';
export { LexicalMatch, type QueryTerm, queryTermsMax } from './lexical-match.ts';
export { MemoryIndex, noPlace } from './memory-index.ts';
export { MemoryIndexes, type OpenedIndexes, type ProfileIndexes } from './memory-indexes.ts';
export { type MemorySource, memorySource, type OccurredRange } from './memory-source.store.ts';
export {
  deleteMemoryVersion,
  type MemoryOwner,
  nextMemoryVersion,
  noteMemoriesMoved,
} from './memory-version.store.ts';
export type { Nearness } from './nearness.ts';
export { nthLargest } from './nth-largest.ts';
export { type QueryWord, toQueryTerms } from './query-terms.ts';
export { countTerms, splitWords, tokenize } from './tokenize.ts';
export { toVectorBytes, toVectorText } from './vector-bytes.ts';
