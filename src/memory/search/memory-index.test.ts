import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryText, toDocument } from './document.ts';
import { LexicalMatch } from './lexical-match.ts';
import { MemoryIndex, noPlace } from './memory-index.ts';
import { withNearTerms } from './spelling.ts';

const words = ['tea', 'coffee', 'shoes', 'refund', 'Berlin', 'Dana', 'parcel'];

const anyMemory = fc.record<MemoryText>({
  id: fc.integer({ min: 0, max: 15 }).map((number) => `m${String(number).padStart(2, '0')}`),
  text: fc
    .tuple(
      fc.constantFrom('Dana: ', 'Kim: ', ''),
      fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 6 }),
    )
    .map(([speaker, some]) => `${speaker}${some.join(' ')}`),
  occurredAt: fc.constantFrom(Date.UTC(2026, 0, 1), Date.UTC(2026, 4, 1)),
  createdAt: fc.constant(0),
  conversationIds: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 1 }),
});
const anyChange = fc.oneof(
  anyMemory.map((memory) => ({ put: memory })),
  anyMemory.map(({ id }) => ({ remove: id })),
);

const query = words.map((word) => ({
  term: word.toLowerCase().replace('coffee', 'coffe').replace('shoes', 'shoe'),
  weight: 1,
}));

/** What is left on the heap when nothing is there that nobody needs. */
function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  // V8 gives each new context its collector.
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

function inventIndex(memories: number, number: number): MemoryIndex {
  const index = new MemoryIndex();
  for (let at = 0; at < memories; at += 1) {
    const id = `m${number}-${at}`.padEnd(43, '0');
    // Two words that nothing else holds, and some that everything does.
    const text = `Dana: ${words.join(' ')} word${number}x${at} thing${number}x${at}`;
    index.put(toDocument({ id, text, occurredAt: at * 1e9, createdAt: at, conversationIds: [`c${number}`] }));
  }
  return index;
}

/** What they say that they take, as a share of what they take. */
function measureTold(fill: () => MemoryIndex[]): number {
  const before = bytesInUse();
  const indexes = fill();
  const taken = bytesInUse() - before;
  return indexes.reduce((total, { bytes }) => total + bytes, 0) / taken;
}

/** All that can be asked of an index, by ids. */
function describeIndex(index: MemoryIndex) {
  const match = new LexicalMatch(index, query);
  const idOf = (place: number) => (place === noPlace ? undefined : index.document(place).id);
  return match
    .candidates(100)
    .map((place) => ({
      id: idOf(place),
      previous: idOf(index.previous[place] ?? noPlace),
      next: idOf(index.next[place] ?? noPlace),
      share: match.share(place).toFixed(9),
      coverage: match.coverage(place, index.previous[place]).toFixed(9),
      scene: match.sceneShare(index.sceneOf[place] ?? noPlace).toFixed(9),
      top: match.sceneTop(index.sceneOf[place] ?? noPlace).toFixed(9),
    }))
    .sort((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
}

describe('an index of memories', () => {
  it.each([5, 100])('of %i memories says what it takes in memory', (memories) => {
    const fill = () => Array.from({ length: 1000 / memories }, (_, number) => inventIndex(memories, number));
    // The stems of its words are remembered from here on.
    fill();
    // Meanwhile the engine may give back what earlier tests have left behind.
    const [, median = 0] = [1, 2, 3].map(() => measureTold(fill)).toSorted((a, b) => a - b);
    expect(median).toBeGreaterThan(0.7);
    expect(median).toBeLessThan(1.4);
  });

  it('after any changes is the same as one that was filled with what is left, in any order', () => {
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 60 }), (changes) => {
        const changed = new MemoryIndex();
        const left = new Map<string, MemoryText>();
        for (const change of changes) {
          if ('put' in change) {
            changed.put(toDocument(change.put));
            left.set(change.put.id, change.put);
          } else {
            changed.remove(change.remove);
            left.delete(change.remove);
          }
        }
        const filled = new MemoryIndex();
        for (const memory of [...left.values()].reverse()) filled.put(toDocument(memory));
        expect(changed.size).toBe(left.size);
        expect(changed.averageLength).toBe(filled.averageLength);
        expect(new Set(changed.vocabulary())).toEqual(new Set(filled.vocabulary()));
        expect(describeIndex(changed)).toEqual(describeIndex(filled));
      }),
    );
  });
});

function indexOf(...texts: readonly (string | Partial<MemoryText>)[]): MemoryIndex {
  const index = new MemoryIndex();
  for (const [at, given] of texts.entries()) {
    const memory = typeof given === 'string' ? { text: given } : given;
    index.put(
      toDocument({
        id: `m${at}`,
        text: '',
        occurredAt: 0,
        createdAt: 0,
        conversationIds: [`c${at}`],
        ...memory,
      }),
    );
  }
  return index;
}

function sharesOf(index: MemoryIndex, ...terms: readonly string[]): number[] {
  const match = new LexicalMatch(
    index,
    terms.map((term) => ({ term, weight: 1 })),
  );
  return Array.from({ length: index.size }, (_, place) => match.share(place));
}

describe('a lexical match', () => {
  it('counts a rare term for more than a common one', () => {
    const [rare = 0, common = 0] = sharesOf(indexOf('tea', 'parcel', 'parcel', 'parcel'), 'tea', 'parcel');
    expect(rare).toBeGreaterThan(common);
  });

  it('adds up over terms, with less for each repetition of the same one', () => {
    const [both = 0, twice = 0, once = 0] = sharesOf(
      indexOf('tea parcel', 'tea tea', 'tea shoe', 'bike lamp'),
      'tea',
      'parcel',
    );
    expect(both).toBeGreaterThan(twice);
    expect(twice).toBeGreaterThan(once);
  });

  it('prefers the shorter of two memories that are alike otherwise', () => {
    const [short = 0, long = 0] = sharesOf(indexOf('tea', 'tea lamp bike shoe parcel berlin'), 'tea');
    expect(short).toBeGreaterThan(long);
  });

  it('covers the whole of a query with two neighbours that have a half each', () => {
    const index = indexOf(
      { text: 'Dana: tea', conversationIds: ['c'] },
      { text: 'Kim: parcel', conversationIds: ['c'] },
    );
    const match = new LexicalMatch(index, [
      { term: 'tea', weight: 1 },
      { term: 'parcel', weight: 1 },
    ]);
    expect(match.coverage(0)).toBeCloseTo(0.5);
    expect(match.coverage(1, index.previous[1])).toBeCloseTo(1);
  });

  it('looks up the terms of a long query that tell most', () => {
    const index = indexOf('rare', ...Array.from({ length: 40 }, () => 'tea parcel'));
    const filler = Array.from({ length: 80 }, (_, at) => ({ term: `unknown${at}`, weight: 0.001 }));
    const match = new LexicalMatch(index, [...filler, { term: 'rare', weight: 1 }]);
    expect(match.share(0)).toBeGreaterThan(0);
  });

  it('chooses the best candidates when there are more than are wanted', () => {
    const index = indexOf('tea', ...Array.from({ length: 30 }, () => 'parcel'), 'tea parcel');
    const match = new LexicalMatch(index, [
      { term: 'tea', weight: 1 },
      { term: 'parcel', weight: 1 },
    ]);
    expect(match.candidates(2).map((place) => index.document(place).id)).toEqual(['m0', 'm31']);
  });
});

describe('a term that nobody wrote', () => {
  const near = (term: string, ...texts: string[]) =>
    withNearTerms(indexOf(...texts), [{ term, weight: 1 }])
      .slice(1)
      .map((found) => found.term);

  it('is compared with those of the same initial, however many terms there are', () => {
    const many = Array.from({ length: 600 }, (_, at) => `thing${at}`);
    expect(near('parcle', ...many, 'barcle', 'parcel', 'parade')).toEqual(near('parcle', 'parcel', 'parade'));
    expect(near('parcal', ...many, 'barcal', 'parcel', 'parade')).toEqual(['parcel']);
  });

  it('brings the one that is spelt most nearly the same', () => {
    expect(near('parcle', 'parcels for Berlin', 'parade')).toEqual([]);
    expect(near('parcal', 'parcels for Berlin', 'parade')).toEqual(['parcel']);
  });

  it.each([
    ['a short one', 'tae', 'tea'],
    ['one with digits', 'order4711', 'order4712'],
    ['one that is known', 'parcel', 'parcels parcal'],
    ['one that begins otherwise', 'narcel', 'parcel'],
  ])('brings nothing for %s', (_, term, text) => {
    expect(near(term, text)).toEqual([]);
  });
});

describe('a document', () => {
  const parse = (text: string) =>
    toDocument({ id: 'm', text, occurredAt: 0, createdAt: 0, conversationIds: [] });

  it.each([
    ['Dana: I moved to Berlin.', 'dana'],
    ['Dana Scott: hello', 'dana scott'],
    ['Order 12: shipped', ''],
    ['The customer said this about the order: it is late', ''],
    ['no colon', ''],
  ])('knows who says %j', (text, speaker) => {
    expect(parse(text).speaker).toBe(speaker);
  });

  it('knows a question, one with an answer behind it, and times', () => {
    expect(parse('Dana: Where do you live?')).toMatchObject({
      isQuestion: true,
      asks: true,
      tellsTime: false,
    });
    expect(parse('Where? In Berlin since May.')).toMatchObject({
      isQuestion: false,
      asks: true,
      tellsTime: true,
    });
  });

  it('is found by the date on which it happened', () => {
    const document = toDocument({
      id: 'm',
      text: 'tea',
      occurredAt: Date.UTC(2023, 4, 8),
      createdAt: 0,
      conversationIds: [],
    });
    expect([...document.terms.keys()]).toEqual(['tea', 'mai', '8', '2023']);
  });
});
