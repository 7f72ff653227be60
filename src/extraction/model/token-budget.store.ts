import type { Tx } from '../../storage/index.ts';

interface UsageOfDay {
  readonly accountId: string;
  /** `YYYY-MM-DD` in UTC. */
  readonly day: string;
}

/** Adds to the day's tokens when they stay within `max`, all of them or none; false when they would not. */
export async function addTokensWithin(
  tx: Tx,
  { accountId, day }: UsageOfDay,
  tokens: number,
  max: number,
): Promise<boolean> {
  await tx
    .insertInto('model_usage')
    .values({ account_id: accountId, day, tokens: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const result = await tx
    .updateTable('model_usage')
    .set((eb) => ({ tokens: eb('tokens', '+', tokens) }))
    .where('account_id', '=', accountId)
    .where('day', '=', day)
    .where('tokens', '<=', max - tokens)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Corrects the day's tokens, up or down. */
export async function correctTokens(tx: Tx, { accountId, day }: UsageOfDay, by: number): Promise<void> {
  await tx
    .updateTable('model_usage')
    .set((eb) => ({ tokens: eb('tokens', '+', by) }))
    .where('account_id', '=', accountId)
    .where('day', '=', day)
    .execute();
}
