import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';

const advance = '/rapport/v1/clock/advance';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const anonymous = { Authorization: '' };

describe('health', () => {
  it.each([
    ['/healthz', 'alive'],
    ['/readyz', 'ready'],
  ])('is told to anybody: %s', async (path, status) => {
    const reply = await server.request('GET', path, undefined, anonymous);
    expect(reply).toMatchObject({ status: 200, body: { status } });
  });
});

describe('metrics', () => {
  it('count requests by operation, method and status, never by path', async () => {
    await server.request('GET', '/v1/ControlPlane/Stores');
    await server.request('GET', '/v1/secret-path');
    const { body, headers } = await server.request('GET', '/metrics', undefined, anonymous);
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(body).toMatch(
      /^rapport_http_request_duration_seconds_count\{operation="ListStores",method="GET",status="200"\} [1-9]/m,
    );
    expect(body).toMatch(/_count\{operation="unknown",method="GET",status="404"\} [1-9]/m);
    expect(body).not.toContain('secret-path');
  });

  it('include those of the process', async () => {
    const { body } = await server.request('GET', '/metrics', undefined, anonymous);
    expect(body).toContain('process_resident_memory_bytes');
    expect(body).toContain('# TYPE rapport_jobs gauge');
  });
});

describe('the OpenAPI document', () => {
  interface Document {
    readonly openapi: string;
    readonly paths: Record<
      string,
      Record<string, { operationId?: string; responses?: object; security?: [] }>
    >;
  }

  async function fetchDocument(): Promise<Document> {
    return (await server.request('GET', '/openapi.json', undefined, anonymous)).body as Document;
  }

  it('names an operation once, with its answers', async () => {
    const { openapi, paths } = await fetchDocument();
    expect(openapi).toBe('3.1.0');
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map((operation) => operation.operationId);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { responses } of operations) expect(Object.keys(responses ?? {}).length).toBeGreaterThan(0);
  });

  it('lists what the server answers: each path and method in it leads somewhere', async () => {
    const { paths } = await fetchDocument();
    expect(Object.keys(paths).length).toBeGreaterThan(20);
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { operationId }] of Object.entries(methods)) {
        const target = path.replaceAll(/\{\w+\}/g, 'x');
        const reply = await server.request(method.toUpperCase(), target, undefined, anonymous);
        // An upload is let in by its signed URL alone, and 403 without a signature.
        expect([200, 401, 403], `${operationId}: ${method} ${target}`).toContain(reply.status);
      }
    }
  });

  it('has the same paths as the router: no other method of theirs is allowed', async () => {
    const { paths } = await fetchDocument();
    for (const [path, item] of Object.entries(paths)) {
      const target = path.replaceAll(/\{\w+\}/g, 'x');
      const listed = Object.keys(item).map((method) => method.toUpperCase());
      const other = ['PUT', 'PATCH', 'DELETE', 'GET', 'POST'].find((method) => !listed.includes(method));
      const reply = await server.request(other ?? '', target);
      expect(reply.status, `${other} ${target}`).toBe(405);
      expect(reply.headers.get('allow')?.split(', ').toSorted(), target).toEqual(listed.toSorted());
    }
  });

  it('says which routes need no credentials', async () => {
    const { paths } = await fetchDocument();
    const open = Object.entries(paths).flatMap(([path, methods]) =>
      Object.values(methods).flatMap((operation) => (operation.security?.length === 0 ? [path] : [])),
    );
    expect(open.sort()).toEqual([
      '/healthz',
      '/metrics',
      '/openapi.json',
      '/rapport/v1/uploads/{storeId}/{importId}',
      '/readyz',
    ]);
  });
});

describe('the virtual clock', () => {
  it('moves by what it is told, and only then', async () => {
    const at = async (seconds: number) => {
      const { body } = await server.request('POST', advance, { seconds });
      return Date.parse((body as { now: string }).now);
    };
    const start = await at(0);
    expect(await at(90)).toBe(start + 90_000);
    expect(await at(0.25)).toBe(start + 90_250);
    expect(await at(0)).toBe(start + 90_250);
  });

  it('dates what is written', async () => {
    const { body } = await server.request('POST', advance, { seconds: 3600 });
    const accepted = await server.request('POST', '/v1/ControlPlane/Stores', { displayName: 'dated' });
    const { statusUrl } = accepted.body as { statusUrl: string };
    const operation = await server.request('GET', new URL(statusUrl).pathname);
    expect(operation.body).toMatchObject({ createdAt: (body as { now: string }).now });
  });

  it.each([
    {},
    { seconds: -1 },
    { seconds: '1' },
    { seconds: null },
    { seconds: 1e12 },
    { seconds: 1, hours: 1 },
  ])('refuses %j with 400', async (body) => {
    expect(await server.request('POST', advance, body)).toMatchObject({ status: 400 });
  });

  it('moves for several callers at once, for one after the other', async () => {
    const { body: before } = await server.request('POST', advance, { seconds: 0 });
    const replies = await Promise.all(
      [1, 2, 3].map((seconds) => server.request('POST', advance, { seconds })),
    );
    const last = Math.max(...replies.map(({ body }) => Date.parse((body as { now: string }).now)));
    expect(last - Date.parse((before as { now: string }).now)).toBe(6000);
  });

  it('is not there when the server runs on the system clock: 409', async () => {
    const other = await startTestServer({ env: { RAPPORT_CLOCK: 'system' } });
    const reply = await other.request('POST', advance, { seconds: 1 });
    const idle = await other.request('POST', '/rapport/v1/idle');
    await other.stop();
    expect(reply).toMatchObject({ status: 409, body: { code: 20409 } });
    expect(idle).toMatchObject({ status: 200, body: { status: 'idle' } });
  });
});

describe('quiet', () => {
  it('is told when no job is due or running', async () => {
    expect(await server.request('POST', '/rapport/v1/idle')).toMatchObject({
      status: 200,
      body: { status: 'idle' },
    });
  });

  it('may be asked for with any JSON body, or none', async () => {
    expect((await server.request('POST', '/rapport/v1/idle', {})).status).toBe(200);
  });
});
