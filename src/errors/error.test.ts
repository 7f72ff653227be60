import { describe, expect, it } from 'vitest';
import { ApiError, catalogue, type ErrorName, errors } from './index.ts';

describe('the catalogue', () => {
  it.each(Object.keys(catalogue) as ErrorName[])('has an HTTP error status for %s', (kind) => {
    expect(catalogue[kind].status).toBeGreaterThanOrEqual(400);
    expect(catalogue[kind].status).toBeLessThan(600);
    expect(catalogue[kind].title).not.toBe('');
  });

  it('gives each code of six digits to one error', () => {
    const codes = Object.values(catalogue).flatMap(({ codes }) =>
      Object.values(codes).filter((code) => code > 99_999),
    );
    expect(new Set(codes).size).toBe(codes.length);
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
