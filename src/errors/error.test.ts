import { describe, expect, it } from 'vitest';
import { ApiError, catalogue, type ErrorName, errors } from './index.ts';

describe('the catalogue', () => {
  it.each(Object.keys(catalogue) as ErrorName[])('has an HTTP error status for %s', (kind) => {
    expect(catalogue[kind].status).toBeGreaterThanOrEqual(400);
    expect(catalogue[kind].status).toBeLessThan(600);
    expect(catalogue[kind].title).not.toBe('');
  });

  it('gives each code of six digits to one error, whatever its status', () => {
    const named = Object.values(catalogue).flatMap(({ title, codes }) =>
      Object.values(codes).flatMap((code) => (code > 99_999 ? [`${code} ${title}`] : [])),
    );
    const codes = new Set(named.map((name) => name.slice(0, 6)));
    expect(new Set(named).size).toBe(codes.size);
  });
});

describe('an error', () => {
  it('can be tried again when it is the fault of the server', () => {
    expect(errors.unavailable('stopping').isRetryable).toBe(true);
    expect(errors.storeNotActive('mem_store_1').isRetryable).toBe(true);
    expect(errors.conflict('taken').isRetryable).toBe(false);
  });

  it('keeps its cause for the log', () => {
    const cause = new Error('disk full');
    expect(errors.internal(cause).cause).toBe(cause);
  });

  it('says which methods and which resource are meant in its headers', () => {
    expect(errors.methodNotAllowed('PUT', ['GET', 'POST']).headers).toEqual({ Allow: 'GET, POST' });
    expect(errors.conflict('taken', 'conv_1').headers).toEqual({ 'X-Conflicting-Resource-Id': 'conv_1' });
    expect(errors.conflict('taken').headers).toEqual({});
  });

  it('is an ApiError, whose name tells logs what it is', () => {
    expect(errors.forbidden('no')).toBeInstanceOf(ApiError);
    expect(errors.forbidden('no').name).toBe('ApiError');
  });
});
