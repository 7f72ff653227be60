import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Account, Authenticate } from '../http/index.ts';
import type { Database } from '../storage/index.ts';
import { findApiKey } from './api-key.store.ts';
import { matchesHash } from './secret-hash.ts';

/** The account that owns the server's own credential. */
export interface RootAccount {
  readonly sid: string;
  readonly authToken: string;
}

const keySid = /^SK[0-9a-f]{32}$/;
/** Verified digests that are remembered; past it, the oldest goes. */
const verifiedMax = 1000;

/**
 * Checks a username and password: the root account's SID and auth token, or an API key's SID and secret. A key's row is
 * read on every request, so a revoked key stops at once, in every process. The slow hash is computed only once per key:
 * after that a keyed digest of the verified secret is compared, in constant time.
 */
export function createAuthenticate(db: Database, root: RootAccount): Authenticate {
  const processKey = randomBytes(32).toString('hex');
  // Nobody sees a digest, so a key in front does what an HMAC would, in a tenth of its time on every request.
  const digest = (text: string) => hash('sha256', processKey + text, 'buffer');
  const rootToken = Buffer.from(root.authToken);
  const rootAccount: Account = { id: root.sid, isRoot: true };
  const verified = new Map<string, Buffer>();

  const remember = (hash: string, secretDigest: Buffer) => {
    if (verified.size >= verifiedMax) verified.delete(verified.keys().next().value ?? '');
    verified.set(hash, secretDigest);
  };

  return async (username, password): Promise<Account | undefined> => {
    if (username === root.sid) return isSame(rootToken, password) ? rootAccount : undefined;
    const key = keySid.test(username) ? await findApiKey(db.reader, username) : undefined;
    if (!key || key.revoked_at !== null) return undefined;
    const passwordDigest = digest(password);
    const known = verified.get(key.hash);
    if (known && timingSafeEqual(known, passwordDigest)) return { id: key.account_id, isRoot: false };
    if (!(await matchesHash(password, key.salt, key.hash))) return undefined;
    remember(key.hash, passwordDigest);
    return { id: key.account_id, isRoot: false };
  };
}

/** Takes as long whatever is different; how long the token is, is no secret. */
function isSame(token: Buffer, password: string): boolean {
  const given = Buffer.from(password);
  return given.length === token.length && timingSafeEqual(given, token);
}
