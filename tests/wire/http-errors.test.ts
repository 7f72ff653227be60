import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';

const stores = '/v1/ControlPlane/Stores';
const unknownStore = 'mem_store_00000000000000000000000000';
const docs = 'https://www.twilio.com/docs/api/errors';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('an error of the Memory API', () => {
  it('has the published members and those of RFC 9457', async () => {
    const reply = await server.request('GET', `${stores}/${unknownStore}`);
    expect(reply.status).toBe(404);
    expect(reply.body).toEqual({
      code: 520041,
      message: `Memory store ${unknownStore} does not exist.`,
      more_info: `${docs}/520041`,
      status: 404,
      type: `${docs}/520041`,
      title: 'Memory store not found',
      detail: `Memory store ${unknownStore} does not exist.`,
      instance: reply.headers.get('twilio-request-id'),
    });
  });

  it('names the members at fault', async () => {
    const reply = await server.request('POST', stores, { displayName: 'not allowed here' });
    expect(reply.body).toMatchObject({
      code: 520046,
      message: 'displayName: must match pattern "^[a-zA-Z0-9-]+$"',
      errors: [{ pointer: '/displayName', detail: 'must match pattern "^[a-zA-Z0-9-]+$"' }],
    });
  });

  it('of the data plane has code 400 where the control plane has 520046', async () => {
    const reply = await server.request('POST', `/v1/Stores/${unknownStore}/Profiles/Lookup`, '{');
    expect(reply).toMatchObject({ status: 400, body: { code: 400 } });
  });

  it('says that an id is malformed before it looks for it', async () => {
    const reply = await server.request('GET', `${stores}/nonsense`);
    expect(reply).toMatchObject({ status: 400, body: { code: 520049 } });
  });
});

describe('an error of the Conversations API', () => {
  it('has both published shapes, and never type or title', async () => {
    const reply = await server.request(
      'GET',
      '/v2/Conversations/conv_conversation_00000000000000000000000000',
    );
    expect(reply.status).toBe(404);
    expect(reply.body).toEqual({
      code: 20404,
      message: expect.stringContaining('conv_conversation_00000000000000000000000000'),
      more_info: 'https://www.twilio.com/docs/errors/20404',
      status: 404,
      httpStatusCode: 404,
      userError: true,
    });
  });

  it('names the members at fault in params', async () => {
    const reply = await server.request('POST', '/v2/Conversations', {});
    expect(reply).toMatchObject({ status: 400, body: { code: 20001, params: expect.any(Object) } });
    expect(reply.body).not.toHaveProperty('type');
    expect(reply.body).not.toHaveProperty('title');
    expect(Object.keys((reply.body as { params: object }).params)).toEqual(['configurationId']);
  });

  it('calls the body itself by that name', async () => {
    const reply = await server.request('POST', '/v2/Conversations', []);
    expect(reply.body).toMatchObject({ params: { body: 'must be object' } });
  });
});

describe('the request id', () => {
  it.each([
    ['GET', stores],
    ['POST', stores],
    ['GET', '/nowhere'],
    ['PUT', stores],
    ['GET', '/%ZZ'],
    ['GET', '/v1/%00'],
    ['GET', `/v2/Conversations/${'x'.repeat(600)}`],
    ['GET', '/healthz'],
    ['GET', '/metrics'],
  ])('is on every answer: %s %s', async (method, path) => {
    const reply = await server.request(method, path);
    expect(reply.headers.get('twilio-request-id')).toMatch(/^RQ[0-9a-f]{32}$/);
  });

  it('is another one each time', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () =>
        (await server.request('GET', '/healthz')).headers.get('twilio-request-id'),
      ),
    );
    expect(new Set(ids).size).toBe(20);
  });

  it('is not what the caller says', async () => {
    const mine = 'RQ00000000000000000000000000000000';
    const reply = await server.request('GET', '/healthz', undefined, { 'Twilio-Request-Id': mine });
    expect(reply.headers.get('twilio-request-id')).not.toBe(mine);
  });
});
