import {
  type CaptureChannel,
  type CapturedMessage,
  type Receipt,
  toDeliveryStatus,
} from '../conversations/index.ts';
import { errors } from '../errors/index.ts';
import type { MessageForm, StatusForm } from './message.wire.ts';

/** Media of one message that are named in its placeholder; no provider sends more. */
const mediaMax = 10;

/**
 * The message that a webhook tells of; undefined for one without text, which is not recorded (conversations-semantics section 6)
 * unless media are to be. 400 without a message SID.
 */
export function toMessage(
  form: MessageForm,
  { areMediaPlaceholdersRecorded }: { areMediaPlaceholdersRecorded: boolean },
): CapturedMessage | undefined {
  const resourceId = form.MessageSid ?? form.SmsMessageSid ?? form.SmsSid;
  if (resourceId === undefined) throw errors.invalid('MessageSid', 'must not be null');
  const text = form.Body?.trim() ? form.Body : placeholderOf(form, areMediaPlaceholdersRecorded);
  if (text === undefined) return undefined;
  const isOutbound = isOutboundCopy(form);
  const deliveryStatus = isOutbound ? sentStatusOf(form) : 'DELIVERED';
  return {
    channel: channelOf(form),
    ends: {
      from: { address: form.From, ...(isOutbound ? { type: 'AGENT' } : { name: form.ProfileName }) },
      to: [{ address: form.To }],
    },
    speaker: 'from',
    metadata: {},
    content: { type: 'TEXT', text },
    resourceId,
    ...(deliveryStatus === undefined ? {} : { deliveryStatus }),
  };
}

/** What a receipt says; undefined for a word that is not about delivery. 400 without a message SID or a status. */
export function toReceipt(form: StatusForm): Omit<Receipt, 'accountId'> | undefined {
  const resourceId = form.MessageSid ?? form.SmsSid;
  const word = form.MessageStatus ?? form.SmsStatus;
  if (resourceId === undefined) throw errors.invalid('MessageSid', 'must not be null');
  if (word === undefined) throw errors.invalid('MessageStatus', 'must not be null');
  const status = toDeliveryStatus(word);
  return status && { resourceId, status };
}

function channelOf({ From, To }: MessageForm): CaptureChannel {
  const has = (prefix: string) =>
    [From, To].some((address) => address.trim().toLowerCase().startsWith(prefix));
  if (has('whatsapp:')) return 'WHATSAPP';
  return has('rcs:') ? 'RCS' : 'SMS';
}

/** A copy of what the account sent: it says so, or it has a status that only sent messages have. */
function isOutboundCopy(form: MessageForm): boolean {
  if (form.Direction !== undefined) return /^outbound/i.test(form.Direction);
  return sentStatusOf(form) !== undefined;
}

function sentStatusOf({ SmsStatus, MessageStatus }: MessageForm): Receipt['status'] | undefined {
  return toDeliveryStatus(MessageStatus ?? SmsStatus ?? '');
}

/** Types of the media, such as `[image/jpeg]`; undefined when there are none, or they are not recorded. */
function placeholderOf(form: MessageForm, isRecorded: boolean): string | undefined {
  const count = Math.min(Number(form.NumMedia ?? 0) || 0, mediaMax);
  if (!isRecorded || count < 1) return undefined;
  // A form has more parameters than its schema names.
  const parameters = form as Record<string, unknown>;
  const types = Array.from({ length: count }, (_, at) => parameters[`MediaContentType${at}`]);
  return types.map((type) => `[${typeof type === 'string' && type ? type : 'media'}]`).join(' ');
}
