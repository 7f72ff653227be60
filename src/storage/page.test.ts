import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cursor, decodeCursor, encodeCursor } from './page.ts';

const next: Cursor = { direction: 'next', position: [1_700_000_000_000, 'mem_observation_1'] };
const key = ['integer', 'text'] as const;

function forged(...body: unknown[]): string {
  return Buffer.from(JSON.stringify(body)).toString('base64url');
}

describe('a page token', () => {
  it('comes back as it was, in a form that needs no escaping', () => {
    const position = fc.tuple(
      fc.maxSafeInteger(),
      fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
    );
    fc.assert(
      fc.property(fc.constantFrom('next', 'previous'), position, fc.string(), (direction, at, scope) => {
        const token = encodeCursor({ direction, position: at }, scope);
        expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor(token, scope, key)).toEqual({ direction, position: at });
      }),
    );
  });

  it('is refused in another list, under other filters or in another order', () => {
    expect(decodeCursor(encodeCursor(next, 'observations ASC'), 'observations DESC', key)).toBeUndefined();
  });

  it('is refused where the list has another key', () => {
    const token = encodeCursor(next, 'scope');
    expect(decodeCursor(token, 'scope', ['text', 'integer'])).toBeUndefined();
    expect(decodeCursor(token, 'scope', ['integer'])).toBeUndefined();
    expect(decodeCursor(token, 'scope', [...key, 'text'])).toBeUndefined();
  });

  it('is refused when its position has the wrong types, and accepted when it has the right ones', () => {
    const [direction, scope] = JSON.parse(
      Buffer.from(encodeCursor(next, 's'), 'base64url').toString(),
    ) as unknown[];
    const wrong = [
      ['1', 'a'],
      [1.5, 'a'],
      [1e300, 'a'],
      [null, 'a'],
      [1, 2],
      [1, null],
      [1, ['a']],
      [1, { a: 1 }],
      [1, 'a\0'],
    ];
    for (const position of wrong) {
      expect(
        decodeCursor(forged(direction, scope, ...position), 's', key),
        JSON.stringify(position),
      ).toBeUndefined();
    }
    expect(decodeCursor(forged('sideways', scope, 1, 'a'), 's', key)).toBeUndefined();
    expect(decodeCursor(forged(direction, scope, 1, 'a'), 's', key)).toEqual({
      direction: 'next',
      position: [1, 'a'],
    });
  });

  it('is refused, and never fails, when it is anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => Buffer.from(text).toString('base64url')),
        ),
        (token) => {
          expect(decodeCursor(token, 'scope', key)).toBeUndefined();
        },
      ),
    );
  });
});
