import { describe, expect, it } from 'vitest';
import { judge, retryDelaysMs } from './verdict.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const answer = (status: number, retryAfter?: string) => ({ status, retryAfter, body: '' });

describe('an attempt', () => {
  it.each([200, 201, 202, 204, 299])('has delivered when the answer is %i', (status) => {
    expect(judge(answer(status), 1, now)).toEqual({ kind: 'delivered' });
  });

  it.each([429, 500, 502, 503, 504, 599])('is made again after %i', (status) => {
    expect(judge(answer(status), 1, now)).toEqual({
      kind: 'again',
      reason: `status ${status}`,
      retryAfterMs: 0,
    });
  });

  it.each([301, 302, 307, 308, 400, 401, 403, 404, 408, 410, 413, 431])('is the last after %i', (status) => {
    expect(judge(answer(status), 1, now)).toEqual({ kind: 'dead', reason: `status ${status}` });
  });

  it('is made again after an error of the network, but not when the target is refused', () => {
    expect(judge({ failure: 'ECONNREFUSED', isRefused: false }, 1, now)).toMatchObject({
      kind: 'again',
      reason: 'ECONNREFUSED',
    });
    expect(judge({ failure: 'refused: private', isRefused: true }, 1, now)).toEqual({
      kind: 'dead',
      reason: 'refused: private',
    });
  });

  it('is made six times at most', () => {
    expect(retryDelaysMs).toHaveLength(5);
    expect(judge(answer(500), 5, now)).toMatchObject({ kind: 'again' });
    expect(judge(answer(500), 6, now)).toEqual({ kind: 'dead', reason: 'status 500' });
  });

  it.each([
    ['30', 30_000],
    ['0', 0],
    ['86400', 600_000],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Fri, 02 Jan 2026 00:00:00 GMT', 600_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', 0],
    ['-5', 0],
    ['9'.repeat(400), 600_000],
  ])('takes a Retry-After of %s for %i ms', (header, retryAfterMs) => {
    expect(judge(answer(503, header), 1, now)).toMatchObject({ retryAfterMs });
  });
});
