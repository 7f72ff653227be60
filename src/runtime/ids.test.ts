import { describe, expect, it } from 'vitest';
import { VirtualClock } from './clock.ts';
import { createIds, type IdKind, idPrefixes, type RandomSource } from './ids.ts';

const startMs = Date.UTC(2026, 0, 1);
const zeros: RandomSource = (bytes) => bytes.fill(0);
const ones: RandomSource = (bytes) => bytes.fill(0xff);
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** The 128 bits of an id, as a UUID writes them. */
function hexOf(id: string): string {
  const characters = id.slice(id.lastIndexOf('_') + 1);
  const value = [...characters].reduce(
    (sum, character) => sum * 32n + BigInt(alphabet.indexOf(character)),
    0n,
  );
  return value.toString(16).padStart(32, '0');
}

describe('an id', () => {
  it.each(Object.keys(idPrefixes) as IdKind[])('of a %s is its prefix and 26 characters', (kind) => {
    const ids = createIds(new VirtualClock());
    expect(ids.next(kind)).toMatch(new RegExp(`^${idPrefixes[kind]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`));
  });

  it('is a UUIDv7: its time, version and variant are where they belong', () => {
    const hex = hexOf(createIds(new VirtualClock(startMs)).next('store'));
    expect(hex).toHaveLength(32);
    expect(Number.parseInt(hex.slice(0, 12), 16)).toBe(startMs);
    expect(hex[12]).toBe('7');
    expect(['8', '9', 'a', 'b']).toContain(hex[16]);
  });

  it.each([
    ['least', zeros, '7000', '8000000000000000'],
    ['greatest', ones, '77ff', 'bfffffffffffffff'],
  ])('keeps its version and variant with the %s random bits', (_which, random, counter, tail) => {
    const hex = hexOf(createIds(new VirtualClock(startMs), random).next('store'));
    expect([hex.slice(12, 16), hex.slice(16)]).toEqual([counter, tail]);
  });

  it('sorts after every earlier one, within a millisecond too, however many there are', () => {
    const ids = createIds(new VirtualClock(startMs), ones);
    const made = Array.from({ length: 10_000 }, () => ids.next('observation'));
    expect(made).toEqual(made.toSorted());
    expect(new Set(made).size).toBe(made.length);
  });

  it('sorts after every earlier one when the clock goes back', () => {
    let now = startMs;
    const ids = createIds({ now: () => now, wallNow: () => now }, zeros);
    const before = ids.next('observation');
    now -= 60_000;
    expect(ids.next('observation') > before).toBe(true);
  });

  it('tells the time again once the clock has caught up', () => {
    const clock = new VirtualClock(startMs);
    const ids = createIds(clock, ones);
    for (let count = 0; count < 5000; count += 1) ids.next('observation');
    clock.moveTo(startMs + 1000);
    expect(Number.parseInt(hexOf(ids.next('observation')).slice(0, 12), 16)).toBe(startMs + 1000);
  });

  it('is another one in another process at the same moment', () => {
    const made = Array.from({ length: 100 }, () => createIds(new VirtualClock(startMs)).next('store'));
    expect(new Set(made).size).toBe(100);
  });
});

describe('a SID', () => {
  it('is two letters and 32 hexadecimal digits, and sorts after every earlier one', () => {
    const ids = createIds(new VirtualClock(startMs), ones);
    const made = Array.from({ length: 5000 }, () => ids.sid('SM'));
    for (const sid of made) expect(sid).toMatch(/^SM[0-9a-f]{32}$/);
    expect(made).toEqual(made.toSorted());
    expect(new Set(made).size).toBe(made.length);
  });
});
