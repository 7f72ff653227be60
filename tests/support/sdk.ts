import twilio from 'twilio';
import {
  startTestServer,
  type TestServer,
  type TestServerOptions,
  testAccount,
} from '../../src/testing/index.ts';

export type SdkClient = ReturnType<typeof twilio>;

/** The official SDK, unmodified but for its base URLs. */
export function createSdkClient(
  url: string,
  { sid, token }: { sid: string; token: string } = rootCredentials,
): SdkClient {
  const client = twilio(sid, token, { accountSid: testAccount.sid });
  client.memory.baseUrl = url;
  client.conversations.baseUrl = url;
  return client;
}

const rootCredentials = { sid: testAccount.sid, token: testAccount.authToken };

/** A test server with an SDK client pointed at it. */
export async function startServerWithSdk(
  options?: TestServerOptions,
): Promise<{ server: TestServer; client: SdkClient }> {
  const server = await startTestServer(options);
  return { server, client: createSdkClient(server.url) };
}

/** Creates a memory store through the SDK and returns its id. */
export async function createStore(client: SdkClient, displayName = 'test-store'): Promise<string> {
  const accepted = await client.memory.v1.stores.create({ displayName });
  return finishedResultId(client, accepted.statusUrl);
}

/** The id of the resource that a Memory API operation made. */
export async function finishedResultId(client: SdkClient, statusUrl: string | undefined): Promise<string> {
  const operation = await client.memory.v1.operations((statusUrl ?? '').split('/').at(-1) ?? '').fetch();
  if (operation.status !== 'COMPLETED') throw new Error(`operation is ${operation.status}`);
  const id = (operation.result as { id?: string } | undefined)?.id;
  if (!id) throw new Error('operation has no result id');
  return id;
}
