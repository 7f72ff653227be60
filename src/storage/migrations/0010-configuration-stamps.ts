import type { SchemaWriter } from './columns.ts';

/** One row for each account, changed with every write of a configuration: whoever keeps what they say reads only it. */
export async function configurationStamps({ table }: SchemaWriter): Promise<void> {
  await table('configuration_stamps', { account_id: 'text', stamp: 'text' }, ['account_id']);
}
