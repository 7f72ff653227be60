import { createAccountSid, createApiKey, revokeApiKey } from '../../src/accounts/index.ts';
import { basicAuthorization, type TestServer, testAccount } from '../../src/testing/index.ts';
import { createSdkClient, type SdkClient } from './sdk.ts';

/** The SDK with an API key of another account of the same server. */
export async function createOtherAccountClient(server: TestServer): Promise<SdkClient> {
  const { sid, secret } = await createOtherAccountKey(server);
  return createSdkClient(server.url, { sid, token: secret });
}

/** `Authorization` of an API key of another account of the same server. */
export async function createOtherAccountAuthorization(server: TestServer): Promise<string> {
  const { sid, secret } = await createOtherAccountKey(server);
  return basicAuthorization(sid, secret);
}

/** `Authorization` of an API key of the root account. */
export async function createRootAccountAuthorization(server: TestServer): Promise<string> {
  const key = await createApiKey(server.context, { accountId: testAccount.sid, name: 'test' });
  return basicAuthorization(key.sid, key.secret);
}

/** Both of them, for one other account; `revoke` takes away what they are let in by. */
export async function createOtherAccount(
  server: TestServer,
): Promise<{ client: SdkClient; authorization: string; revoke(): Promise<unknown> }> {
  const { sid, secret } = await createOtherAccountKey(server);
  return {
    client: createSdkClient(server.url, { sid, token: secret }),
    authorization: basicAuthorization(sid, secret),
    revoke: () => revokeApiKey(server.context, sid),
  };
}

/** The key itself, with the account it belongs to. */
export function createOtherAccountKey(server: TestServer) {
  return createApiKey(server.context, { accountId: createAccountSid(), name: 'test' });
}
