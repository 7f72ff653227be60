import { errors } from '../../errors/index.ts';
import type { Worker } from '../../jobs/index.ts';
import { operationWorker } from '../../operations/index.ts';
import type { Context } from '../../runtime/context.ts';
import { eraseStore, type ProfileMentions } from '../stores/index.ts';
import { eraseSomeOfStore } from './erasure.ts';

export function erasureWorkers(context: Context, mentions: ProfileMentions): Worker[] {
  return [
    operationWorker(context, eraseStore, ({ operationId, storeId }, accountId) => ({
      api: 'memory',
      operationId,
      step: () => eraseSomeOfStore(context, mentions, { accountId, storeId }),
      failure: errors.erasureGivenUp('The memory store'),
    })),
  ];
}
