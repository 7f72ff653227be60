import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toTimestamp } from '../runtime/clock.ts';
import { parseTimestamp, toMs } from './timestamps.ts';

describe('a time', () => {
  it.each([
    ['2026-01-02T03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['2026-01-02t03:04:05z', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['2026-01-02 03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['2026-01-02T03:04:05.678Z', Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
    ['2026-01-02T03:04:05.678901234Z', Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
    ['2026-01-02T03:04:05+02:00', Date.UTC(2026, 0, 2, 1, 4, 5)],
    ['2026-01-02T03:04:05-0530', Date.UTC(2026, 0, 2, 8, 34, 5)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2000-02-29T23:59:59+14:00', Date.UTC(2000, 1, 29, 9, 59, 59)],
    ['0001-01-01T00:00:00Z', Date.parse('0001-01-01T00:00:00Z')],
    ['9999-12-31T23:59:59.999Z', Date.parse('9999-12-31T23:59:59.999Z')],
  ])('can be written as %s', (text, timeMs) => {
    expect(parseTimestamp(text)).toBe(timeMs);
  });

  it.each([
    '',
    'now',
    '2026-01-02',
    '2026-01-02T03:04:05',
    '2026-01-02T03:04Z',
    '20260102T030405Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-01-02T25:00:00Z',
    '2026-01-02T00:60:00Z',
    '2026-01-02T00:00:61Z',
    '2026-01-02T03:04:05+25:00',
    '2026-01-02T03:04:05 Z',
    ' 2026-01-02T03:04:05Z',
    '2026-01-02T03:04:05Z\n',
    '12026-01-02T03:04:05Z',
    '1767323045',
    // Moments in the years before 0 and after 9999.
    '9999-12-31T23:59:59-00:01',
    '9999-12-31T24:00:00Z',
    '0000-01-01T00:00:00+14:00',
  ])('cannot be written as %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('that the server has written is read back to the millisecond', () => {
    const range = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
    fc.assert(fc.property(range, (timeMs) => parseTimestamp(toTimestamp(timeMs)) === timeMs));
  });

  it('that is none is named by its member, and its value is not repeated', () => {
    expect(() => toMs('occurredAt', 'yesterday')).toThrow('occurredAt: must be an RFC 3339 time');
    expect(toMs('occurredAt', '1970-01-01T00:00:01Z')).toBe(1000);
  });
});
