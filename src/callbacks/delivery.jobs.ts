import Type from 'typebox';
import { declareJob } from '../jobs/index.ts';

/**
 * Bring what waits for one callback URL of one conversation there, in order. There is one such job while anything waits. It
 * never becomes a dead letter, its deliveries do: the worker counts their attempts and puts the job off itself, so its own
 * attempts only count runs that came to no end.
 */
export const deliverCallbacks = declareJob({
  name: 'callbacks.deliver',
  payload: Type.Object({ conversationId: Type.String(), target: Type.String() }),
  attemptsMax: Number.POSITIVE_INFINITY,
  timeoutMs: 60_000,
  lane: 'callbacks',
});

/** At most one live job for each conversation and target. */
export function deliveryJobKey(conversationId: string, target: string): string {
  return `callback:${conversationId}:${target}`;
}
