import type { MemoryTermRow, Reader, Tx } from '../../storage/index.ts';
import { scoreBm25 } from './bm25.ts';
import {
  changeStatistics,
  deleteAllPostings,
  deletePostings,
  findPostings,
  findStatistics,
  type IndexRef,
  insertTerms,
} from './lexical-index.store.ts';
import { countTerms, tokenize } from './tokenize.ts';

/** A memory's id, and the text and the time that it is found by. */
export interface IndexedText {
  readonly id: string;
  readonly text: string;
  /** When it occurred, in milliseconds: a question for May 2023 finds what happened then. */
  readonly occurredAt: number;
}

const dateFormat = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' });

/** Different terms of a query that are looked up; the rest of a long query adds little. */
const queryTermsMax = 256;

/** Makes memories findable, in the transaction that writes them. */
export async function addToIndex(tx: Tx, ref: IndexRef, texts: readonly IndexedText[]): Promise<void> {
  const rows = texts.flatMap((text) => toRows(ref, text));
  await insertTerms(tx, rows);
  const terms = rows.reduce((sum, row) => sum + row.frequency, 0);
  await changeStatistics(tx, ref, { memories: texts.length, terms });
}

/** Takes a memory out of the index, given the text that it was added with. */
export async function removeFromIndex(tx: Tx, ref: IndexRef, indexed: IndexedText): Promise<void> {
  const { id } = indexed;
  const removed = await deletePostings(tx, ref, id, [...countTerms(termsOf(indexed)).keys()]);
  // A text that another version of the tokenizer indexed may have other terms; then the count does not come out.
  const length = removed[0]?.length ?? 0;
  const isComplete = removed.length > 0 && sumOf(removed) === length;
  const rest = isComplete ? [] : await deleteAllPostings(tx, ref, id);
  await changeStatistics(tx, ref, { memories: -1, terms: -(sumOf(removed) + sumOf(rest)) });
}

/** BM25 sums of the profile's memories that share a term with the query. */
export async function searchIndex(
  reader: Reader,
  ref: IndexRef,
  query: string,
): Promise<Map<string, number>> {
  const terms = [...countTerms(tokenize(query)).keys()].slice(0, queryTermsMax);
  const postings = await findPostings(reader, ref, terms);
  if (postings.length === 0) return new Map();
  return scoreBm25(postings, await findStatistics(reader, ref));
}

function termsOf({ text, occurredAt }: IndexedText): string[] {
  return [...tokenize(text), ...tokenize(dateFormat.format(occurredAt))];
}

function toRows({ accountId, profileId, kind }: IndexRef, indexed: IndexedText): MemoryTermRow[] {
  const terms = termsOf(indexed);
  return [...countTerms(terms)].map(([term, frequency]) => ({
    account_id: accountId,
    profile_id: profileId,
    kind,
    term,
    memory_id: indexed.id,
    frequency,
    length: terms.length,
  }));
}

function sumOf(rows: readonly MemoryTermRow[]): number {
  return rows.reduce((sum, row) => sum + row.frequency, 0);
}
