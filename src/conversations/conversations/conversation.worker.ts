import { type Worker, worker } from '../../jobs/index.ts';
import { conversationTimer } from './conversation.jobs.ts';
import { type ConversationContext, followTimer } from './conversation-state.ts';

export function conversationWorkers(context: ConversationContext): Worker[] {
  return [
    worker(conversationTimer, async ({ conversationId }, run) => {
      await run.finish((tx) => followTimer(tx, context, { accountId: run.accountId, conversationId }));
    }),
  ];
}
