import { type Worker, worker } from '../../jobs/index.ts';
import type { Sender } from '../../senders/index.ts';
import { type ConversationContext, sendMessages } from '../conversations/index.ts';
import { sendNext } from './sending.ts';

export function actionWorkers(context: ConversationContext, sender: Sender): Worker[] {
  return [worker(sendMessages, ({ conversationId }, run) => sendNext(context, sender, conversationId, run))];
}
