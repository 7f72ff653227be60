import { errors } from '../../errors/index.ts';
import { type Worker, worker } from '../../jobs/index.ts';
import { operationWorker } from '../../operations/index.ts';
import { conversationTimer } from './conversation.jobs.ts';
import { type ConversationContext, conversationLock, followTimer } from './conversation-state.ts';
import { eraseConversation } from './deletion.jobs.ts';
import { eraseSomeOfConversation } from './deletion.ts';

export function conversationWorkers(context: ConversationContext): Worker[] {
  return [
    worker(conversationTimer, async ({ conversationId }, run) => {
      const ref = { accountId: run.accountId, conversationId };
      await run.finish((tx) => followTimer(tx, context, ref), [conversationLock(ref)]);
    }),
    operationWorker(context, eraseConversation, ({ operationId, conversationId }, accountId) => ({
      api: 'conversations',
      operationId,
      step: () => eraseSomeOfConversation(context, { accountId, conversationId }),
      failure: errors.erasureGivenUp('The conversation'),
    })),
  ];
}
