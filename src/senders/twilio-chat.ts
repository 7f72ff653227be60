import { type FindOptions, type OutgoingMessage, SendFailure, type SentMessage } from './sender.ts';
import { assertSent, oldestMatch } from './twilio-match.ts';
import type { TwilioClient } from './twilio-sender.ts';

/** How many of the latest messages are looked through. */
const searchedMax = 50;
/** A message is in its channel when the API answers, and has no receipts. */
const status = 'sent';

/** Chat, over the classic conversations API: one message in the channel, whoever it is for. */
export async function sendChatMessage(client: TwilioClient, message: OutgoingMessage): Promise<SentMessage> {
  const { from, content, channelSettings } = message;
  if (content.mediaUrls?.length) {
    throw new SendFailure('refused', 'the sender cannot send media URLs on CHAT');
  }
  const attributes = channelSettings['Attributes'] ?? channelSettings['attributes'];
  const { sid } = await messagesOf(client, channelSettings).create({
    author: from,
    ...(content.text === undefined ? {} : { body: content.text }),
    ...(content.contentId === undefined ? {} : { contentSid: content.contentId }),
    ...(content.variables === undefined ? {} : { contentVariables: JSON.stringify(content.variables) }),
    ...(attributes === undefined ? {} : { attributes: asText(attributes) }),
  });
  return assertSent({ sid, status });
}

/** The message among the latest of the channel; one from a template cannot be recognised. */
export async function findChatMessage(
  client: TwilioClient,
  { from, content, channelSettings }: OutgoingMessage,
  search: Omit<FindOptions, 'signal'>,
): Promise<SentMessage | undefined> {
  if (content.contentId !== undefined) return undefined;
  const latest = await messagesOf(client, channelSettings).list({
    order: 'desc',
    pageSize: searchedMax,
    limit: searchedMax,
  });
  const candidates = latest
    .filter(({ author, body }) => author === from && body === content.text)
    .map(({ sid, dateCreated }) => ({ sid, status, createdMs: dateCreated.getTime() }));
  return oldestMatch(candidates, search);
}

/** What the messages of a channel have in common, whether or not the channel's service is named. */
interface ChannelMessages {
  create(draft: {
    author: string;
    body?: string;
    contentSid?: string;
    contentVariables?: string;
    attributes?: string;
  }): Promise<{ sid: string }>;
  list(options: {
    order: 'desc';
    pageSize: number;
    limit: number;
  }): Promise<{ sid: string; author: string; body: string; dateCreated: Date }[]>;
}

function messagesOf(
  { conversations }: TwilioClient,
  { chatService, channelId }: OutgoingMessage['channelSettings'],
): ChannelMessages {
  // The action was refused unless its channelId is text.
  const channel = String(channelId);
  return typeof chatService === 'string'
    ? conversations.v1.services(chatService).conversations(channel).messages
    : conversations.v1.conversations(channel).messages;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
