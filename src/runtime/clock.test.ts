import { describe, expect, it } from 'vitest';
import { systemClock, toTimestamp, VirtualClock } from './clock.ts';

describe('the virtual clock', () => {
  it('starts at the time of the machine and stands still', async () => {
    const before = Date.now();
    const clock = new VirtualClock();
    const started = clock.now();
    expect(started).toBeGreaterThanOrEqual(before);
    await new Promise((resolve) => setImmediate(resolve));
    expect(clock.now()).toBe(started);
  });

  it('moves forward when told to, and never back', () => {
    const clock = new VirtualClock(1000);
    clock.moveTo(5000);
    clock.moveTo(2000);
    expect(clock.now()).toBe(5000);
  });

  it('leaves the time of the machine to leases and time-outs', () => {
    const clock = new VirtualClock(0);
    expect(Math.abs(clock.wallNow() - systemClock.now())).toBeLessThan(1000);
  });
});

describe('a timestamp', () => {
  it.each([
    [0, '1970-01-01T00:00:00.000Z'],
    [Date.UTC(2024, 1, 29, 23, 59, 59, 999), '2024-02-29T23:59:59.999Z'],
  ])('of %i is %s', (timeMs, text) => {
    expect(toTimestamp(timeMs)).toBe(text);
  });

  it('is what the language makes of any time, of the years before 1970 and after 9999 too', () => {
    let timeMs = -5e13;
    for (let step = 1; timeMs < 4e14; step += 1) {
      expect(toTimestamp(timeMs)).toBe(new Date(timeMs).toISOString());
      timeMs += 86_399_999 * step + 1_234_567;
    }
  });

  it('is none for a time that no date can name', () => {
    expect(() => toTimestamp(8.64e15 + 86_400_000)).toThrow(RangeError);
    expect(() => toTimestamp(Number.NaN)).toThrow(RangeError);
  });
});
