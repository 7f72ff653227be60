import { type Worker, worker } from '../../jobs/index.ts';
import type { ConversationContext } from '../conversations/index.ts';
import { lookAgainForReceipt } from './receipt.jobs.ts';
import { applyReceipt } from './receipt.ts';

export function receiptWorkers(context: ConversationContext): Worker[] {
  return [
    worker(lookAgainForReceipt, async (receipt, run) => {
      await run.finish(async (tx) => {
        await applyReceipt(tx, context, { accountId: run.accountId, ...receipt });
      });
    }),
  ];
}
