import { describe, expect, it } from 'vitest';
import { ModelError } from '../../models/index.ts';
import type { ExtractionRequest, Extractor } from '../extractor.ts';
import { withStandIn } from './with-stand-in.ts';

const rules: Extractor = {
  extract: async () => ({ observations: [], summary: 'by rules', by: { name: 'rules', version: '1' } }),
};
const failing = (error: Error): Extractor => ({ extract: () => Promise.reject(error) });
const request: ExtractionRequest = {
  customerName: undefined,
  turns: [],
  wantsSummary: true,
  signal: new AbortController().signal,
};

function standIn(error: Error) {
  const logged: unknown[] = [];
  const log = { warn: (...line: unknown[]) => void logged.push(line) };
  return { extractor: withStandIn(failing(error), rules, { name: 'test/small', log }), logged };
}

describe('rules that stand in for a model', () => {
  it.each([
    'unreachable',
    'timeout',
    'busy',
    'failed',
    'cancelled',
  ] as const)('wait while the provider is %s and the caller can ask again', async (reason) => {
    const error = new ModelError(reason);
    const { extractor } = standIn(error);
    await expect(extractor.extract({ ...request, mayRetry: true })).rejects.toBe(error);
    expect((await extractor.extract(request)).by).toMatchObject({ name: 'rules', reason });
  });

  it.each([
    'refused',
    'malformed',
    'too-long',
    'over-budget',
  ] as const)('do the work at once when the model is %s, for which there is no waiting', async (reason) => {
    const { extractor } = standIn(new ModelError(reason));
    expect(await extractor.extract({ ...request, mayRetry: true })).toEqual({
      observations: [],
      summary: 'by rules',
      by: { name: 'rules', version: '1', standsInFor: 'test/small', reason },
    });
  });

  it('log the reason only', async () => {
    const { extractor, logged } = standIn(new ModelError('failed', 503));
    await extractor.extract(request);
    expect(logged).toEqual([[{ model: 'test/small', reason: 'failed', status: 503 }, expect.any(String)]]);
  });

  it('do not hide mistakes of ours', async () => {
    const { extractor } = standIn(new TypeError('mistake'));
    await expect(extractor.extract(request)).rejects.toThrow('mistake');
  });
});
