import type { CapturedIn, CapturedMessage, CapturedParty } from '../conversations/index.ts';
import { errors } from '../errors/index.ts';
import { toMs } from '../http/index.ts';
import type { ChatMessage, ChatParty } from './chat.wire.ts';

/** The message that a chat tells of; undefined when it has no text. 400 for a party without an identity. */
export function toChatMessage(body: ChatMessage): CapturedMessage | undefined {
  const { author, recipients = [], chatService, conversationId, configurationId, occurredAt } = body;
  const ends = {
    from: toParty(author, 'author'),
    to: recipients.map((recipient, at) => toParty(recipient, `recipients.${at}`)),
  };
  if (body.text.trim() === '') return undefined;
  const isFromAgent = author.role !== undefined && author.role !== 'CUSTOMER';
  return {
    channel: 'CHAT',
    ends,
    speaker: 'from',
    metadata: chatService === undefined ? {} : { chatService },
    content: { type: 'TEXT', text: body.text },
    resourceId: body.messageId,
    channelId: body.channelId,
    ...(isFromAgent ? {} : { deliveryStatus: 'DELIVERED' }),
    ...(occurredAt === undefined ? {} : { occurredAt: toMs('occurredAt', occurredAt) }),
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(configurationId === undefined ? {} : { configurationId }),
  };
}

export function toChatReply(captured: readonly CapturedIn[]): { communications: object[] } {
  return {
    communications: captured.map(({ configurationId, conversationId, communicationId }) => ({
      configurationId,
      conversationId,
      communicationId,
    })),
  };
}

function toParty({ identity, address, name, role }: ChatParty, member: string): CapturedParty {
  const written = identity ?? address;
  if (written === undefined) throw errors.invalid(`${member}.identity`, 'must not be null');
  return { address: written, name, type: role };
}
