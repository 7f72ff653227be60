import type { Tx } from '../../storage/index.ts';
import { type DeliveryStatus, findCommunication, putCommunication } from '../communications/index.ts';
import { type ConversationContext, lockConversation } from '../conversations/index.ts';
import { type Action, type ActionMessage, updateAction } from './action.store.ts';

const failureReasonLengthMax = 500;

/**
 * Ends an action whose messages have all been sent or have failed. One that went out, to whomever, is recorded as a single
 * communication to all recipients, also in a conversation that was CLOSED meanwhile.
 */
export async function endAction(
  tx: Tx,
  context: ConversationContext,
  action: Action,
  messages: readonly ActionMessage[],
): Promise<void> {
  // Its creation may have been put off behind others.
  const now = Math.max(context.clock.now(), action.createdAt);
  const ended = { ...action, updatedAt: now, completedAt: now };
  const sent = messages.find(({ state }) => state === 'sent');
  if (sent) {
    const communicationId = await record(tx, context, action, messages, sent.messageSid);
    await updateAction(tx, { ...ended, status: 'COMPLETED', communicationId });
  } else {
    await updateAction(tx, { ...ended, status: 'FAILED', failureReason: describe(messages) });
  }
}

async function record(
  tx: Tx,
  context: ConversationContext,
  action: Action,
  messages: readonly ActionMessage[],
  resourceId: string | undefined,
): Promise<string> {
  const { payload, accountId, conversationId } = action;
  const { from, to, channel, content, channelSettings, requestId } = payload;
  const state = await lockConversation(tx, context, { accountId, conversationId });
  const text = content.text ?? (await capturedText(tx, action, resourceId)) ?? '';
  const communication = await putCommunication(
    tx,
    { ...context, ...(requestId === undefined ? {} : { requestId }) },
    state,
    {
      author: from,
      recipients: [...to],
      content: { type: 'TEXT', text },
      ...(resourceId === undefined ? {} : { resourceId }),
      ...(channel === 'CHAT' ? { channelId: String(channelSettings['channelId']) } : {}),
    },
    { deliveryStatuses: to.map((_, at) => statusOf(messages[at] ?? messages[0])), isLate: true },
  );
  return communication.id;
}

/** The text of a template is the provider's; a copy of the message that was captured has it. */
async function capturedText(
  tx: Tx,
  action: Action,
  resourceId: string | undefined,
): Promise<string | undefined> {
  if (resourceId === undefined) return undefined;
  const captured = await findCommunication(tx, action, { column: 'resource_id', value: resourceId });
  return captured?.content.text;
}

function statusOf(message: ActionMessage | undefined): DeliveryStatus | undefined {
  return message?.state === 'failed' ? 'FAILED' : message?.deliveryStatus;
}

/** Why nothing was sent; recipient by recipient where there are several. */
function describe(messages: readonly ActionMessage[]): string {
  const reasons = messages.map(({ index, error = 'not sent' }) =>
    messages.length > 1 ? `payload.to.${index}: ${error}` : error,
  );
  return reasons.join('; ').slice(0, failureReasonLengthMax);
}
