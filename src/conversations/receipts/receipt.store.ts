import type { Reader, Tx } from '../../storage/index.ts';
import type { DeliveryStatus } from '../communications/index.ts';

/** A message that an action has sent, by its provider's id. */
export interface SentMessage {
  readonly conversationId: string;
  readonly configurationId: string;
  readonly actionId: string;
  /** Position of its recipient, or 0 when it went to all of them. */
  readonly index: number;
  /** The communication that records the action; undefined until the action has ended. */
  readonly communicationId: string | undefined;
  readonly deliveryStatus: DeliveryStatus | undefined;
}

export async function listSentMessages(
  reader: Reader,
  accountId: string,
  messageSid: string,
): Promise<SentMessage[]> {
  const known = await reader
    .selectFrom('action_messages')
    .select('action_id')
    .where('account_id', '=', accountId)
    .where('message_sid', '=', messageSid)
    .limit(1)
    .executeTakeFirst();
  // Most messages are not ours.
  if (!known) return [];
  const rows = await reader
    .selectFrom('action_messages')
    .innerJoin('actions', (join) =>
      join
        .onRef('actions.conversation_id', '=', 'action_messages.conversation_id')
        .onRef('actions.id', '=', 'action_messages.action_id'),
    )
    .innerJoin('conversations', (join) =>
      join
        .onRef('conversations.account_id', '=', 'action_messages.account_id')
        .onRef('conversations.id', '=', 'action_messages.conversation_id'),
    )
    .select([
      'action_messages.conversation_id as conversationId',
      'action_messages.action_id as actionId',
      'action_messages.recipient as index',
      'action_messages.delivery_status as deliveryStatus',
      'actions.communication_id as communicationId',
      'conversations.configuration_id as configurationId',
    ])
    .where('action_messages.account_id', '=', accountId)
    .where('action_messages.message_sid', '=', messageSid)
    .execute();
  return rows.map(({ deliveryStatus, communicationId, ...row }) => ({
    ...row,
    communicationId: communicationId ?? undefined,
    // Written as one of them.
    deliveryStatus: (deliveryStatus as DeliveryStatus | null) ?? undefined,
  }));
}

/** How many messages the action was sent as: one for each recipient, or a single one to all of them. */
export async function countMessages(
  reader: Reader,
  { conversationId, actionId }: Pick<SentMessage, 'conversationId' | 'actionId'>,
): Promise<number> {
  const { count } = await reader
    .selectFrom('action_messages')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('conversation_id', '=', conversationId)
    .where('action_id', '=', actionId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function updateSentMessage(
  tx: Tx,
  { conversationId, actionId, index }: SentMessage,
  deliveryStatus: DeliveryStatus,
): Promise<void> {
  await tx
    .updateTable('action_messages')
    .set({ delivery_status: deliveryStatus })
    .where('conversation_id', '=', conversationId)
    .where('action_id', '=', actionId)
    .where('recipient', '=', index)
    .execute();
}
