import type { Tx } from '../../storage/index.ts';
import {
  advanceDelivery,
  advanceStatus,
  listPlacesOfResource,
  type ReceiptStatus,
} from '../communications/index.ts';
import { type ConversationContext, holdConversation } from '../conversations/index.ts';
import { lookAgainForReceipt, lookAgainKey } from './receipt.jobs.ts';
import { countMessages, listSentMessages, type SentMessage, updateSentMessage } from './receipt.store.ts';

/** What a provider says of the delivery of one message. */
export interface Receipt {
  readonly accountId: string;
  /** The provider's id of the message. */
  readonly resourceId: string;
  readonly status: ReceiptStatus;
}

/** Receipts overtake the answer that tells a message's id, and with it the record of the message, by seconds at most. */
const lookAgainAfterMs = 15_000;

/**
 * Takes in a receipt: for the message of an action and for every communication that records the message, in whichever
 * configuration. One for a message that nobody knows is looked at once more a little later and then forgotten: it is of a
 * message that is not captured.
 */
export async function receiveReceipt(context: ConversationContext, receipt: Receipt): Promise<void> {
  const { accountId, resourceId, status } = receipt;
  await context.db.transaction(async (tx) => {
    if (await applyReceipt(tx, context, receipt)) return;
    await context.jobs.enqueue(
      tx,
      lookAgainForReceipt,
      { resourceId, status },
      {
        accountId,
        dueAtMs: context.clock.now() + lookAgainAfterMs,
        dedupeKey: lookAgainKey(accountId, resourceId, status),
        ifLive: 'keep',
      },
    );
  });
}

/** Takes the receipt in where its message is known; whether it is. */
export async function applyReceipt(tx: Tx, context: ConversationContext, receipt: Receipt): Promise<boolean> {
  const { accountId, resourceId, status } = receipt;
  const sent = await listSentMessages(tx, accountId, resourceId);
  const ofActions = new Set(sent.map(({ communicationId }) => communicationId));
  const recorded = await listPlacesOfResource(tx, accountId, resourceId);
  const others = recorded.filter(({ communicationId }) => !ofActions.has(communicationId));
  // By configuration, as captures hold several conversations.
  const places = [...sent, ...others].sort((a, b) => (a.configurationId < b.configurationId ? -1 : 1));
  for (const place of places) {
    if ('actionId' in place) await advanceMessage(tx, context, receipt, place);
    else await advanceDelivery(tx, context, { accountId, ...place }, { status });
  }
  return places.length > 0;
}

/** One of an action's messages: its own status until the action has ended, and that of its recipient from then on. */
async function advanceMessage(
  tx: Tx,
  context: ConversationContext,
  { accountId, resourceId, status }: Receipt,
  found: SentMessage,
): Promise<void> {
  const ref = { accountId, conversationId: found.conversationId };
  await holdConversation(tx, context, ref);
  // The action may have ended since it was found.
  const known = await listSentMessages(tx, accountId, resourceId);
  const message = known.find(({ actionId, index }) => actionId === found.actionId && index === found.index);
  if (!message) return;
  await updateSentMessage(tx, message, advanceStatus(message.deliveryStatus, status));
  const { communicationId } = message;
  if (communicationId === undefined) return;
  const recipient = (await countMessages(tx, message)) > 1 ? message.index : undefined;
  await advanceDelivery(tx, context, { ...ref, communicationId }, { status, recipient });
}
