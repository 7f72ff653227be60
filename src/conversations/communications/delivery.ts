import { isDeepStrictEqual } from 'node:util';
import type { Tx } from '../../storage/index.ts';
import {
  type ConversationContext,
  type ConversationRef,
  emitEvent,
  holdConversation,
} from '../conversations/index.ts';
import {
  type DeliveryStatus,
  findCommunication,
  type Recipient,
  updateCommunicationRow,
} from './communication.store.ts';
import { toWire } from './communication.wire.ts';
import { advanceStatus } from './delivery-status.ts';

/** News of a delivery. */
export interface DeliveryNews {
  readonly status: DeliveryStatus;
  /** Position of the recipient that it is about; all of them when left out. */
  readonly recipient?: number | undefined;
}

/**
 * Writes down how far a communication has come to its recipients, also in a CLOSED conversation. COMMUNICATION_UPDATED tells of
 * it when it says more than was known.
 */
export async function advanceDelivery(
  tx: Tx,
  context: ConversationContext,
  { communicationId, ...ref }: ConversationRef & { readonly communicationId: string },
  news: DeliveryNews,
): Promise<void> {
  const state = await holdConversation(tx, context, ref);
  const known = state && (await findCommunication(tx, ref, { column: 'id', value: communicationId }));
  if (!state || !known) return;
  const recipients = known.recipients.map((recipient, at) => withNews(recipient, at, news));
  if (isDeepStrictEqual(recipients, known.recipients)) return;
  const advanced = { ...known, recipients, updatedAt: context.clock.now() };
  await updateCommunicationRow(tx, advanced);
  await emitEvent(tx, context, state, { type: 'COMMUNICATION_UPDATED', data: toWire(advanced) });
}

function withNews(recipient: Recipient, at: number, news: DeliveryNews): Recipient {
  if (news.recipient !== undefined && news.recipient !== at) return recipient;
  return { ...recipient, deliveryStatus: advanceStatus(recipient.deliveryStatus, news.status) };
}
