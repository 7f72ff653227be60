import type { Log } from '../../runtime/log.ts';
import {
  type NetworkSender,
  type OutgoingMessage,
  SendFailure,
  type SentMessage,
} from '../../senders/index.ts';
import type { Action, ActionMessage } from './action.store.ts';
import { providerAddress } from './action-parties.ts';

/** A message that is next, with the action that it belongs to. */
export interface NextMessage {
  readonly action: Action;
  readonly message: ActionMessage;
}

/** What a message comes to by one attempt; `retryAfterMs` where there is to be another. */
export type AttemptResult =
  | { readonly state: 'sent'; readonly sent: SentMessage }
  | { readonly state: 'failed'; readonly error: string }
  | { readonly state: 'waiting' | 'sending'; readonly error: string; readonly retryAfterMs: number };

/** Before the second, third ... attempt at one message; after the last it has failed. */
export const retryDelaysMs = [1_000, 5_000, 30_000, 120_000] as const;
export const attemptsMax = retryDelaysMs.length + 1;

/** A message that the provider does not show after this long is taken for one that it does not have. */
export const searchPatienceMs = 10_000;
/** How long a provider that cannot be asked is asked again. */
export const searchMaxMs = 10 * 60_000;

const perhapsSent = 'it may have been sent';

export interface AttemptOptions {
  readonly signal: AbortSignal;
  readonly log: Pick<Log, 'warn' | 'error'>;
}

/** Hands a message to the sender, once. */
export async function attemptSend(
  sender: NetworkSender,
  { action, message }: NextMessage,
  { signal, log }: AttemptOptions,
): Promise<AttemptResult> {
  const idempotencyToken = `${action.id}-${message.index}`;
  try {
    const { requestId } = action.payload;
    const sent = await sender.send(toOutgoing(action, message), { idempotencyToken, requestId, signal });
    return { state: 'sent', sent };
  } catch (error) {
    if (!(error instanceof SendFailure)) log.error({ err: error, actionId: action.id }, 'a sender failed');
    const failure =
      error instanceof SendFailure
        ? error
        : new SendFailure('unknown', 'the sender failed', { cause: error });
    const { conversationId, id: actionId } = action;
    const { outcome, code } = failure;
    log.warn({ conversationId, actionId, attempt: message.attempts, outcome, code }, 'message not sent');
    return afterFailure(sender, message, failure);
  }
}

/** Message texts are nobody's concern but the recipients': reasons have a code and say what happened. */
function afterFailure(
  { isRepeatable }: NetworkSender,
  { attempts }: ActionMessage,
  { outcome, message: error }: SendFailure,
): AttemptResult {
  if (outcome === 'refused') return { state: 'failed', error };
  if (outcome === 'unknown' && !isRepeatable) {
    return { state: 'sending', error, retryAfterMs: searchPatienceMs };
  }
  const retryAfterMs = retryDelaysMs[attempts - 1];
  const isUnknown = outcome === 'unknown';
  if (retryAfterMs === undefined)
    return { state: 'failed', error: isUnknown ? `${error}; ${perhapsSent}` : error };
  return { state: isUnknown ? 'sending' : 'waiting', error, retryAfterMs };
}

export interface SearchOptions {
  readonly nowMs: number;
  /** Which of the SIDs belong to other messages of ours. */
  readonly isTaken: (messageSids: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly signal: AbortSignal;
}

/**
 * Finds out what became of an attempt that nobody saw the end of, with a sender that must not repeat it. When the provider
 * shows the message, it was sent; when it shows none after a while, nobody knows, and it has failed with a word on that.
 */
export async function searchSent(
  sender: NetworkSender,
  { action, message }: NextMessage,
  { nowMs, isTaken, signal }: SearchOptions,
): Promise<AttemptResult> {
  const agoMs = nowMs - message.updatedAt;
  const error = message.error ?? 'the server stopped while it was being sent';
  const giveUp = { state: 'failed', error: `${error}; ${perhapsSent}` } as const;
  const wait = { state: 'sending', error, retryAfterMs: searchPatienceMs } as const;
  try {
    const options = { sinceMs: message.updatedAt, isTaken, signal };
    const sent = await sender.find?.(toOutgoing(action, message), options);
    if (sent) return { state: 'sent', sent };
    return agoMs < searchPatienceMs ? wait : giveUp;
  } catch (failure) {
    if (!(failure instanceof SendFailure)) throw failure;
    return agoMs < searchMaxMs ? wait : giveUp;
  }
}

/** What the sender gets to see of a message. */
export function toOutgoing(action: Action, { index }: ActionMessage): OutgoingMessage {
  const { channel, from, to, content, channelSettings } = action.payload;
  const recipients = channel === 'CHAT' ? to : to.slice(index, index + 1);
  return {
    accountId: action.accountId,
    conversationId: action.conversationId,
    actionId: action.id,
    channel,
    from: providerAddress({ channel, address: from.address }),
    to: recipients.map(({ address }) => providerAddress({ channel, address })),
    content,
    channelSettings,
    createdAt: action.createdAt,
  };
}
