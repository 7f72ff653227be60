import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it('answers an operation that is not in this version with 501 and its name', async () => {
  const reply = await server.request(
    'POST',
    '/v2/Conversations/conv_conversation_00000000000000000000000000/Actions',
    {},
  );
  expect(reply).toMatchObject({
    status: 501,
    body: { code: 20501, message: expect.stringContaining('CreateConversationAction') },
  });
});

it('leaves such operations out of the OpenAPI document', async () => {
  const { body } = await server.request('GET', '/openapi.json');
  const paths = Object.keys((body as { paths: object }).paths);
  expect(paths).toContain('/v2/Conversations/{id}');
  expect(paths.filter((path) => path.includes('Actions'))).toEqual([]);
});
