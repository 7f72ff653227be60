import Type from 'typebox';
import { declareJob } from '../../jobs/index.ts';

/** The one timer of a live conversation: due at its next move (see lifecycle.ts), or earlier; then it waits on. */
export const conversationTimer = declareJob({
  name: 'conversation.timer',
  payload: Type.Object({ conversationId: Type.String() }),
  attemptsMax: 20,
  timeoutMs: 30_000,
});

/** Take what was said since the last time into the memories of the customers, after a move to INACTIVE or CLOSED. */
export const extractConversation = declareJob({
  name: 'conversation.extract',
  payload: Type.Object({ conversationId: Type.String(), trigger: Type.Enum(['INACTIVE', 'CLOSED']) }),
  attemptsMax: 8,
  timeoutMs: 600_000,
  lane: 'models',
  // A model's provider may be away for some minutes.
  retryDelaysMs: [5_000, 30_000, 120_000, 300_000],
});

/**
 * Send the messages that actions have left in a conversation, in order. There is one such job while any is pending. It never
 * becomes a dead letter: its worker counts the attempts at each message and puts itself off.
 */
export const sendMessages = declareJob({
  name: 'conversation.send',
  payload: Type.Object({ conversationId: Type.String() }),
  attemptsMax: Number.POSITIVE_INFINITY,
  timeoutMs: 60_000,
  lane: 'senders',
});

export function timerKey(conversationId: string): string {
  return `conversation-timer:${conversationId}`;
}

/** At most one extraction of a conversation waits or runs; a later move replaces it, since it takes in more. */
export function extractionKey(conversationId: string): string {
  return `conversation-extract:${conversationId}`;
}

export function sendingKey(conversationId: string): string {
  return `conversation-send:${conversationId}`;
}
