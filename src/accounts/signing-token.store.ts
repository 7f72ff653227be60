import type { Reader, SigningTokenRow, Tx } from '../storage/index.ts';

export async function findSigningToken(reader: Reader, accountId: string): Promise<string | undefined> {
  const row = await reader
    .selectFrom('signing_tokens')
    .select('token')
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row?.token;
}

/** Leaves a token that is there already. */
export async function insertSigningToken(tx: Tx, row: SigningTokenRow): Promise<void> {
  await tx
    .insertInto('signing_tokens')
    .values(row)
    .onConflict((conflict) => conflict.column('account_id').doNothing())
    .execute();
}

export async function replaceSigningToken(tx: Tx, row: SigningTokenRow): Promise<void> {
  const { account_id: _, ...changes } = row;
  await tx
    .insertInto('signing_tokens')
    .values(row)
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet(changes))
    .execute();
}
