import type { CallbackDeliveryRow, Tx } from '../storage/index.ts';

export async function insertDeliveries(tx: Tx, rows: readonly CallbackDeliveryRow[]): Promise<void> {
  await tx.insertInto('callback_deliveries').values(rows).execute();
}
