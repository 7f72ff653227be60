import { randomBytes } from 'node:crypto';
import type { Context } from '../runtime/context.ts';
import type { Reader } from '../storage/index.ts';
import { insertApiKey, listApiKeyRows, markApiKeyRevoked } from './api-key.store.ts';
import { hashSecret } from './secret-hash.ts';

/** A key as it is listed: everything but the secret, which nobody can read back. */
export interface ApiKey {
  readonly sid: string;
  readonly accountId: string;
  readonly name: string;
  readonly createdAt: number;
  readonly revokedAt: number | undefined;
}

const secretBytes = 24;
const saltBytes = 16;

/** Makes a key of the account. The secret is in this answer only. */
export async function createApiKey(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  { accountId, name }: { accountId: string; name: string },
): Promise<ApiKey & { readonly secret: string }> {
  const sid = `SK${randomBytes(16).toString('hex')}`;
  const secret = randomBytes(secretBytes).toString('base64url');
  const salt = randomBytes(saltBytes).toString('hex');
  const hash = await hashSecret(secret, salt);
  const createdAt = clock.now();
  await db.transaction((tx) =>
    insertApiKey(tx, {
      account_id: accountId,
      sid,
      name,
      salt,
      hash,
      created_at: createdAt,
      revoked_at: null,
    }),
  );
  return { sid, accountId, name, createdAt, revokedAt: undefined, secret };
}

export async function listApiKeys(reader: Reader): Promise<ApiKey[]> {
  const rows = await listApiKeyRows(reader);
  return rows.map((row) => ({
    sid: row.sid,
    accountId: row.account_id,
    name: row.name,
    createdAt: row.created_at,
    revokedAt: row.revoked_at ?? undefined,
  }));
}

/** From the next request on the key is refused. False when there is no such live key. */
export async function revokeApiKey(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  sid: string,
): Promise<boolean> {
  return db.transaction((tx) => markApiKeyRevoked(tx, sid, clock.now()));
}

/** A new account's SID: accounts are namespaces, and begin to exist with their first key. */
export function createAccountSid(): string {
  return `AC${randomBytes(16).toString('hex')}`;
}
