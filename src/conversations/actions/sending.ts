import type { JobRun } from '../../jobs/index.ts';
import type { LocalSender, NetworkSender, Sender } from '../../senders/index.ts';
import type { Tx } from '../../storage/index.ts';
import { resourceLock, toDeliveryStatus } from '../communications/index.ts';
import {
  type ConversationContext,
  type ConversationRef,
  conversationLock,
  sendingKey,
  sendMessages,
} from '../conversations/index.ts';
import {
  type ActionMessage,
  findPendingAction,
  findTakenSids,
  listMessages,
  updateMessage,
} from './action.store.ts';
import { endAction } from './action-end.ts';
import { type AttemptResult, attemptSend, type NextMessage, searchSent, toOutgoing } from './send-attempt.ts';

/**
 * How the messages of a conversation go out: one after the other, in the order of their actions and of the recipients in
 * them. A message is `waiting` at first. With a sender on the network it becomes `sending`, which is committed before the
 * sender is called, and from there `sent`, `failed`, or `waiting` again when certainly nothing was sent. One that is found
 * `sending` is one whose attempt nobody saw the end of: a sender that can take it twice gets it again, any other one is asked
 * whether it has it. Into the local outbox a message goes in the transaction that ends it, so it has no such state.
 *
 * An action ends with its last message, in the same transaction: COMPLETED with the communication that records what was
 * sent, or FAILED when nothing was. Each run of the job takes one message on, and leaves the next to the next job.
 */
export async function sendNext(
  context: ConversationContext,
  sender: Sender,
  conversationId: string,
  run: JobRun,
): Promise<void> {
  const ref = { accountId: run.accountId, conversationId };
  if (sender.kind === 'local') await storeNext(context, sender, ref, run);
  else await handOverNext(context, sender, ref, run);
}

async function storeNext(
  context: ConversationContext,
  sender: LocalSender,
  ref: ConversationRef,
  run: JobRun,
): Promise<void> {
  await run.finish(
    async (tx) => {
      const next = await findNext(tx, ref);
      if (!next) return;
      const sent = await sender.store(tx, toOutgoing(next.action, next.message));
      await settle(tx, context, next, { state: 'sent', sent });
      await goOn(tx, context, ref);
    },
    [conversationLock(ref)],
  );
}

async function handOverNext(
  context: ConversationContext,
  sender: NetworkSender,
  ref: ConversationRef,
  run: JobRun,
): Promise<void> {
  const next = await run.commit((tx) => takeNext(tx, context, sender, ref));
  const result = next && (await attempt(context, sender, next, run));
  await run.finish(
    async (tx) => {
      if (next && result) await settle(tx, context, next, result);
      await goOn(tx, context, ref, result && 'retryAfterMs' in result ? result.retryAfterMs : 0);
    },
    // A copy of what was sent may be captured at the same time.
    [conversationLock(ref), ...sidsOf(result).map((sid) => resourceLock(ref.accountId, sid))],
  );
}

function sidsOf(result: AttemptResult | undefined): string[] {
  return result?.state === 'sent' ? [result.sent.messageSid] : [];
}

/** The message whose turn it is. */
async function findNext(tx: Tx, ref: ConversationRef): Promise<NextMessage | undefined> {
  const action = await findPendingAction(tx, ref);
  const message = action && (await listMessages(tx, ref, action.id)).find(isOpen);
  return message && { action, message };
}

function isOpen({ state }: ActionMessage): boolean {
  return state === 'waiting' || state === 'sending';
}

interface TakenMessage extends NextMessage {
  /** Search for it rather than send it: somebody may have sent it, and nobody may send it twice. */
  readonly isSearched: boolean;
}

/** The message whose turn it is, marked as one that the sender is called for. One to be searched for stays as it is. */
async function takeNext(
  tx: Tx,
  { clock }: Pick<ConversationContext, 'clock'>,
  { isRepeatable }: NetworkSender,
  ref: ConversationRef,
): Promise<TakenMessage | undefined> {
  const next = await findNext(tx, ref);
  if (!next) return undefined;
  const { action, message } = next;
  if (message.state === 'sending' && !isRepeatable) return { ...next, isSearched: true };
  const attempts = message.attempts + 1;
  const taken: ActionMessage = {
    ...message,
    state: 'sending',
    attempts,
    error: undefined,
    updatedAt: clock.now(),
  };
  await updateMessage(tx, action, taken);
  return { action, message: taken, isSearched: false };
}

async function attempt(
  { db, clock, log }: Pick<ConversationContext, 'db' | 'clock' | 'log'>,
  sender: NetworkSender,
  next: TakenMessage,
  { accountId, signal }: JobRun,
): Promise<AttemptResult> {
  if (!next.isSearched) return attemptSend(sender, next, { signal, log });
  const isTaken = (sids: readonly string[]) => findTakenSids(db.reader, accountId, sids);
  return searchSent(sender, next, { nowMs: clock.now(), isTaken, signal });
}

/** Writes down what a message came to, and ends its action when that was the last of its messages. */
async function settle(
  tx: Tx,
  context: ConversationContext,
  { action, message }: NextMessage,
  result: AttemptResult,
): Promise<void> {
  await updateMessage(tx, action, toSettled(message, result, context.clock.now()));
  const messages = await listMessages(tx, action, action.id);
  if (!messages.some(isOpen)) await endAction(tx, context, action, messages);
}

function toSettled(message: ActionMessage, result: AttemptResult, now: number): ActionMessage {
  if (result.state === 'sent') {
    const { messageSid, status } = result.sent;
    const deliveryStatus = toDeliveryStatus(status) ?? 'INITIATED';
    return { ...message, state: 'sent', messageSid, deliveryStatus, error: undefined, updatedAt: now };
  }
  const { state, error } = result;
  // While it may be on its way, the time of the attempt counts.
  return { ...message, state, error, updatedAt: state === 'sending' ? message.updatedAt : now };
}

/** Leaves what is still to be sent to another job: the message that was put off, or the one after it. */
async function goOn(
  tx: Tx,
  { jobs, clock }: Pick<ConversationContext, 'jobs' | 'clock'>,
  ref: ConversationRef,
  delayMs = 0,
): Promise<void> {
  if (!(await findPendingAction(tx, ref))) return;
  const { accountId, conversationId } = ref;
  const dedupeKey = sendingKey(conversationId);
  const dueAtMs = clock.now() + delayMs;
  await jobs.enqueue(tx, sendMessages, { conversationId }, { accountId, dedupeKey, dueAtMs });
}
