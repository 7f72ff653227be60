import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  basicAuthorization,
  startTestServer,
  type TestServer,
  testAccount,
} from '../../src/testing/index.ts';
import { captureLog } from '../support/captured-log.ts';
import { sendRaw } from '../support/raw-http.ts';

const marker = 'Zm9yYmlkZGVu';
const { log, text } = captureLog();

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ log });
});
afterAll(() => server.stop());

describe('the log', () => {
  it('has a line for each request, under the id of its answer', async () => {
    const reply = await server.request('GET', '/v1/ControlPlane/Stores');
    const line = text()
      .split('\n')
      .find((candidate) => candidate.includes(reply.headers.get('twilio-request-id') ?? 'none'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      msg: 'request',
      operation: 'ListStores',
      method: 'GET',
      status: 200,
      ms: expect.any(Number),
    });
  });

  it('never holds what a caller sent: not in bodies, paths, parameters or headers, accepted or refused', async () => {
    const stores = '/v1/ControlPlane/Stores';
    const sent = [
      await server.request('POST', stores, { displayName: `name-${marker}`, description: marker }),
      await server.request('POST', stores, { displayName: `name-${marker}` }),
      await server.request('POST', stores, `{"displayName": ${marker}`),
      await server.request('POST', stores, { [marker]: marker }),
      await server.request('POST', stores, marker, { 'Content-Type': 'text/plain' }),
      await server.request('POST', stores, marker, { 'Content-Encoding': 'gzip' }),
      await server.request('POST', stores, '{}', { 'Content-Encoding': marker }),
      await server.request('GET', `/v1/${marker}`),
      await server.request('GET', `/v1/${marker}/%ZZ`),
      await server.request('GET', `${stores}/${marker}`),
      await server.request('GET', `${stores}?pageToken=${marker}`),
      await server.request('GET', `/v2/Conversations/${marker}`),
      await server.request('GET', stores, undefined, { Authorization: `Basic ${marker}` }),
      await server.request('GET', stores, undefined, { Authorization: basicAuthorization(marker, marker) }),
      await server.request('GET', stores, undefined, { 'X-Header': marker, 'User-Agent': marker }),
      await server.request('POST', '/v2/Conversations', { configurationId: marker, name: marker }),
    ];
    await sendRaw(server.url, `GET /${marker} HTTP/1.1\r\n: ${marker}\r\n\r\n`);
    expect(new Set(sent.map(({ status }) => status)).size).toBeGreaterThan(4);
    const lines = text();
    expect(lines.split('\n').length).toBeGreaterThan(sent.length);
    expect(lines.toLowerCase()).not.toContain(marker.toLowerCase());
    expect(lines).not.toContain(testAccount.authToken);
    const [, credentials = ''] = basicAuthorization(testAccount.sid, testAccount.authToken).split(' ');
    expect(lines).not.toContain(credentials);
  });

  it('never holds what customers wrote, from the message to the memory', async () => {
    const storeId = await resultOf(server.request('POST', '/v1/ControlPlane/Stores', { displayName: 'log' }));
    const profiles = `/v1/Stores/${storeId}/Profiles`;
    const created = await server.request('POST', profiles, {
      traits: { Contact: { firstName: marker, email: `${marker}@example.com` } },
    });
    const profileId = (created.body as { id: string }).id;
    const observation = { content: `I like ${marker}`, source: marker, occurredAt: '2026-01-01T00:00:00Z' };
    const added = await server.request('POST', `${profiles}/${profileId}/Observations`, {
      observations: [observation],
    });
    const recalled = await server.request('POST', `${profiles}/${profileId}/Recall`, { query: marker });
    expect([created.status, added.status, recalled.status]).toEqual([202, 202, 200]);
    expect(JSON.stringify(recalled.body)).toContain(marker);
    await server.idle();
    expect(text().toLowerCase()).not.toContain(marker.toLowerCase());
  });
});

/** The id of what an accepted write made. */
async function resultOf(accepting: ReturnType<TestServer['request']>): Promise<string> {
  const { statusUrl } = (await accepting).body as { statusUrl: string };
  const operation = await server.request('GET', new URL(statusUrl).pathname);
  return (operation.body as { result: { id: string } }).result.id;
}
