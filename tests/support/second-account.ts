import { createAccountSid, createApiKey } from '../../src/accounts/index.ts';
import type { TestServer } from '../../src/testing/index.ts';
import { createSdkClient, type SdkClient } from './sdk.ts';

/** The SDK with an API key of another account of the same server. */
export async function createOtherAccountClient(server: TestServer): Promise<SdkClient> {
  const key = await createApiKey(server.context, { accountId: createAccountSid(), name: 'test' });
  return createSdkClient(server.url, { sid: key.sid, token: key.secret });
}
