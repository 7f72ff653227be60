import { describe, expect, it } from 'vitest';
import { countTerms, tokenize } from './tokenize.ts';

describe('tokenize', () => {
  it('keeps stems of the words that carry meaning', () => {
    expect(tokenize("She's shipping the parcels to Portland")).toEqual(['ship', 'parcel', 'portland']);
  });

  it('folds case, width and composed letters', () => {
    expect(tokenize('CAFÉ ﬁne １２')).toEqual(tokenize('café fine 12'));
  });

  it('keeps letters of any script', () => {
    expect(tokenize('Привет мир')).toEqual(['привет', 'мир']);
  });

  it('cuts a blob to the longest term', () => {
    expect(tokenize('x'.repeat(5000))[0]).toHaveLength(64);
  });

  it('finds nothing in a text of stop words and signs', () => {
    expect(tokenize('What is it? — …')).toEqual([]);
  });

  it('counts terms', () => {
    expect(countTerms(tokenize('tea, tea and coffee'))).toEqual(
      new Map([
        ['tea', 2],
        ['coffe', 1],
      ]),
    );
  });
});
