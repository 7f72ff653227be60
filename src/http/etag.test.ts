import { describe, expect, it } from 'vitest';
import { checkIfMatch, etagOf } from './etag.ts';

const current = etagOf('mem_store_1', 3);
const outdated = etagOf('mem_store_1', 2);
const bare = (tag: string) => tag.slice(1, -1);

describe('an ETag', () => {
  it('is quoted, and holds the id and the version', () => {
    expect(current).toMatch(/^"[A-Za-z0-9_-]+"$/);
    expect(JSON.parse(Buffer.from(bare(current), 'base64url').toString())).toEqual({
      id: 'mem_store_1',
      v: 3,
    });
  });

  it('differs between versions and between resources', () => {
    expect(new Set([current, outdated, etagOf('mem_store_2', 3)]).size).toBe(3);
  });
});

describe('If-Match', () => {
  it.each([
    ['is absent', undefined],
    ['is a star', '*'],
    ['is the tag', current],
    ['is the tag without its quotes', bare(current)],
    ['is the tag, called weak', `W/${current}`],
    ['has the tag among others', `${outdated}, ${current}`],
  ])('fits when it %s', (_how, ifMatch) => {
    expect(() => checkIfMatch(ifMatch, current)).not.toThrow();
  });

  it.each([
    ['is outdated', outdated],
    ['is of another resource', etagOf('mem_store_2', 3)],
    ['is empty', ''],
    ['is noise', 'noise'],
    ['has outdated ones only', `${outdated}, "x"`],
  ])('does not fit when it %s', (_how, ifMatch) => {
    expect(() => checkIfMatch(ifMatch, current)).toThrow(
      expect.objectContaining({ kind: 'preconditionFailed' }),
    );
  });
});
