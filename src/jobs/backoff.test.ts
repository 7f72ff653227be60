import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const noJitter = 0.5;

describe('the time until the next attempt', () => {
  it.each([
    [1, 1000],
    [2, 4000],
    [3, 16_000],
    [4, 64_000],
    [5, 256_000],
    [6, 600_000],
    [100, 600_000],
    [1000, 600_000],
  ])('after attempt %i is %i ms', (attempts, delayMs) => {
    expect(backoffMs(attempts, noJitter)).toBe(delayMs);
  });

  it('is the one that a job declares for the attempt', () => {
    const delaysMs = [1000, 5000];
    expect([1, 2, 3].map((attempts) => backoffMs(attempts, noJitter, delaysMs))).toEqual([
      1000, 5000, 16_000,
    ]);
  });

  it('differs by a fifth either way, by chance', () => {
    expect([backoffMs(1, 0), backoffMs(1, 1)]).toEqual([800, 1200]);
  });
});
