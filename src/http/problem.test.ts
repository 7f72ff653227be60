import { describe, expect, it } from 'vitest';
import { ApiError, catalogue, type ErrorName, errors, ProfileMoved, type Surface } from '../errors/index.ts';
import { renderError, renderMoved } from './problem.ts';

const requestId = 'RQ1';
const surfaces: Surface[] = ['memoryControl', 'memoryData', 'conversations', 'rapport'];
const body = (error: ApiError, surface: Surface) =>
  renderError(error, { surface, requestId }).body as Record<string, unknown>;

describe('an error body', () => {
  it.each(Object.keys(catalogue) as ErrorName[])('of %s has its status and code on every surface', (kind) => {
    for (const surface of surfaces) {
      const { status, codes }: { status: number; codes: Partial<Record<Surface | 'other', number>> } =
        catalogue[kind];
      const reply = renderError(new ApiError(kind, 'message'), { surface, requestId });
      expect(reply.status).toBe(status);
      expect(reply.body).toMatchObject({ status, code: codes[surface] ?? codes.other, message: 'message' });
    }
  });

  it('of Conversations calls it the fault of the user below 500', () => {
    expect(body(errors.forbidden('no'), 'conversations')).toMatchObject({ userError: true });
    expect(body(errors.internal(), 'conversations')).toMatchObject({ userError: false });
  });

  it('of Conversations has no type and title', () => {
    expect(Object.keys(body(errors.invalid('name', 'is empty'), 'conversations'))).toEqual([
      'code',
      'message',
      'more_info',
      'status',
      'httpStatusCode',
      'userError',
      'params',
    ]);
  });

  it('leads to the page of its code, where its API has those pages', () => {
    const pages = 'https://www.twilio.com/docs';
    const error = errors.conflict('taken');
    expect(body(error, 'conversations')).toMatchObject({ more_info: `${pages}/errors/20409` });
    for (const surface of ['memoryControl', 'memoryData', 'rapport'] as const) {
      const page = `${pages}/api/errors/20409`;
      expect(body(error, surface)).toMatchObject({ more_info: page, type: page });
    }
  });

  it('names members by pointer or by path, as its API does', () => {
    const error = errors.invalid('participants.0.name', 'is empty');
    expect(body(error, 'memoryData')['errors']).toEqual([
      { pointer: '/participants/0/name', detail: 'is empty' },
    ]);
    expect(body(error, 'conversations')['params']).toEqual({ 'participants.0.name': 'is empty' });
  });

  it('tells callers nothing about the cause', () => {
    const cause = new Error('password authentication failed');
    for (const surface of surfaces) {
      const text = JSON.stringify(renderError(errors.internal(cause), { surface, requestId }));
      expect(text).not.toContain('password');
    }
  });

  it('cuts messages to 1024 characters', () => {
    const { message, detail } = body(errors.forbidden('x'.repeat(5000)), 'rapport');
    expect([message, detail]).toEqual(['x'.repeat(1024), 'x'.repeat(1024)]);
  });
});

describe('the answer for a merged profile', () => {
  const moved = new ProfileMoved('mem_profile_1', 'mem_profile_2');
  const url = '/v1/Stores/mem_store_1/Profiles/mem_profile_1/Observations?pageSize=5';
  const target = 'https://a.example.com/v1/Stores/mem_store_1/Profiles/mem_profile_2/Observations?pageSize=5';

  it.each([
    ['GET', 301],
    ['HEAD', 301],
    ['POST', 308],
    ['PATCH', 308],
    ['DELETE', 308],
  ])('to %s is %i, with the same path below the survivor', (method, status) => {
    expect(renderMoved(moved, { method, url, origin: 'https://a.example.com' })).toEqual({
      status,
      body: { message: 'This resource has moved.', uri: target },
      headers: { Location: target, 'Canonical-Profile-Id': 'mem_profile_2' },
    });
  });
});
