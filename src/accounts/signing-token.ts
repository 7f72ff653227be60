import { randomBytes } from 'node:crypto';
import type { Clock } from '../runtime/clock.ts';
import type { Database } from '../storage/index.ts';
import type { RootAccount } from './authenticate.ts';
import { findSigningToken, insertSigningToken, replaceSigningToken } from './signing-token.store.ts';

/** The secret that an account shares with those who receive its callbacks and those who post to it. */
export interface SigningTokens {
  /** The account's token; undefined while it has none, and for accounts that don't exist. */
  find(accountId: string): Promise<string | undefined>;
  /** The account's token, made when it has none. */
  ensure(accountId: string): Promise<string>;
}

const tokenBytes = 16;

/**
 * The root account signs with its auth token, every other account with a token of its own. It is kept as it is, since a
 * signature cannot be made from a hash (conversations-semantics section 11).
 */
export function createSigningTokens(
  { db, clock }: { db: Database; clock: Clock },
  root: RootAccount,
): SigningTokens {
  const find = async (accountId: string) =>
    accountId === root.sid ? root.authToken : findSigningToken(db.reader, accountId);
  return {
    find,
    async ensure(accountId) {
      const known = await find(accountId);
      if (known !== undefined) return known;
      const token = randomBytes(tokenBytes).toString('hex');
      return db.transaction(async (tx) => {
        await insertSigningToken(tx, { account_id: accountId, token, created_at: clock.now() });
        return (await findSigningToken(tx, accountId)) ?? token;
      });
    },
  };
}

/** Gives the account a token of the caller's choosing, such as the one its receivers already have. */
export async function setSigningToken(
  { db, clock }: { db: Database; clock: Clock },
  { accountId, token }: { accountId: string; token: string },
): Promise<void> {
  await db.transaction((tx) =>
    replaceSigningToken(tx, { account_id: accountId, token, created_at: clock.now() }),
  );
}
