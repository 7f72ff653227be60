import Type from 'typebox';
import { declareJob } from '../../jobs/index.ts';

/** Erase what was in a deleted conversation, for the operation that the deletion was answered with. */
export const eraseConversation = declareJob({
  name: 'conversation.erase',
  payload: Type.Object({ operationId: Type.String(), conversationId: Type.String() }),
  attemptsMax: 8,
  timeoutMs: 60_000,
});
