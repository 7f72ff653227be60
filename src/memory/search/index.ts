/** The lexical index of a profile's memories. */
export { toScore } from './bm25.ts';
export { deleteIndexOf, type IndexRef, moveIndex, moveIndexOf } from './lexical-index.store.ts';
export { addToIndex, type IndexedText, removeFromIndex, searchIndex } from './lexical-index.ts';
export { tokenize } from './tokenize.ts';
