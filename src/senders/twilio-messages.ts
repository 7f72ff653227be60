import type { FindOptions, OutgoingMessage, SentMessage } from './sender.ts';
import { assertSent, oldestMatch } from './twilio-match.ts';
import type { TwilioClient } from './twilio-sender.ts';

type CreateOptions = Parameters<TwilioClient['messages']['create']>[0];

/** How many of the latest messages are looked through. */
const searchedMax = 50;

/** SMS, RCS and WhatsApp. The caller's settings go along, but cannot change what is sent, or to whom. */
export async function sendTextMessage(
  client: TwilioClient,
  { from, to: [to = ''], content, channelSettings }: OutgoingMessage,
  statusCallback: string | undefined,
): Promise<SentMessage> {
  const { text, contentId, variables, mediaUrls } = content;
  const options = {
    ...(statusCallback === undefined ? {} : { statusCallback }),
    ...channelSettings,
    from,
    to,
    body: text,
    ...(mediaUrls ? { mediaUrl: [...mediaUrls] } : {}),
    ...(contentId ? { contentSid: contentId } : {}),
    ...(variables ? { contentVariables: JSON.stringify(variables) } : {}),
  };
  // The SDK picks the members that it knows out of the settings; what they hold is between the caller and the provider.
  const { sid, status } = await client.messages.create(options as CreateOptions);
  return assertSent({ sid, status });
}

/**
 * The message among the latest to the same recipient. One from a template cannot be recognised: its text is made by the
 * provider.
 */
export async function findTextMessage(
  client: TwilioClient,
  { from, to: [to = ''], content, channelSettings }: OutgoingMessage,
  search: Omit<FindOptions, 'signal'>,
): Promise<SentMessage | undefined> {
  if (content.contentId !== undefined) return undefined;
  // A messaging service may send from another of its numbers.
  const sameSender = channelSettings['messagingServiceSid'] === undefined ? { from } : {};
  const latest = await client.messages.list({ to, ...sameSender, pageSize: searchedMax, limit: searchedMax });
  const candidates = latest
    .filter(({ direction, body }) => direction !== 'inbound' && (body ?? '') === (content.text ?? ''))
    .map(({ sid, status, dateCreated }) => ({ sid, status, createdMs: dateCreated.getTime() }));
  return oldestMatch(candidates, search);
}
