import twilio from 'twilio';
import {
  startTestServer,
  type TestServer,
  type TestServerOptions,
  testAccount,
} from '../../src/testing/index.ts';
import { recordExchange } from './recorder.ts';

export type SdkClient = ReturnType<typeof twilio>;

/** The official SDK, unmodified but for its base URLs; its answers are held against the contract on their way. */
export function createSdkClient(
  url: string,
  { sid, token }: { sid: string; token: string } = rootCredentials,
): SdkClient {
  const client = twilio(sid, token, { accountSid: testAccount.sid, httpClient: new RecordingHttpClient() });
  client.memory.baseUrl = url;
  client.conversations.baseUrl = url;
  return client;
}

type RequestOptions<Data> = Parameters<typeof twilio.RequestClient.prototype.request<Data>>[0];

/** The HTTP client of the SDK, which lets the recorder see what it receives. */
class RecordingHttpClient extends twilio.RequestClient {
  override async request<Data>(options: RequestOptions<Data>) {
    const response = await super.request(options);
    const { origin, pathname } = new URL(options.uri);
    // The SDK types headers as `any`; axios gives an object of texts, or of lists of texts.
    const headers = new Headers(Object.entries(response.headers as Record<string, string>));
    const { statusCode: status, body } = response;
    await recordExchange(origin, { method: options.method, url: pathname, status, headers, body }, 'sdk');
    return response;
  }
}

const rootCredentials = { sid: testAccount.sid, token: testAccount.authToken };

/** A test server with an SDK client pointed at it. */
export async function startServerWithSdk(
  options?: TestServerOptions,
): Promise<{ server: TestServer; client: SdkClient }> {
  const server = await startTestServer({
    ...options,
    onReply: ({ method, path }, reply) =>
      recordExchange(server.url, { method, url: path, ...reply }, 'plain'),
  });
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
