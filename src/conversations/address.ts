import { normalizeIdentifier } from '../memory/index.ts';

/** Channels that an address may be written with (conversations-v2.yaml, ChannelInput). */
export const addressChannels = [
  'VOICE',
  'SMS',
  'RCS',
  'WHATSAPP',
  'CHAT',
  'VIDEO',
  'EMAIL',
  'API',
  'SYSTEM',
] as const;
export type AddressChannel = (typeof addressChannels)[number];

/** Somebody's place on a channel, with the text as the caller wrote it. */
export interface ChannelAddress {
  readonly channel: string;
  readonly address: string;
}

const phoneChannels: ReadonlySet<string> = new Set(['VOICE', 'SMS', 'RCS', 'WHATSAPP']);
const prefix = /^(whatsapp|rcs):/i;

/**
 * The form in which addresses are compared, never the one in which they are answered: without `whatsapp:` and `rcs:`,
 * telephone numbers in E.164, mail addresses in lower case (conversations-semantics sections 4 and 8). Identities that are
 * none of these, such as `client:dana` or a chat identity, compare as they are.
 *
 * @example
 * bareAddress({ channel: 'WHATSAPP', address: 'whatsapp:+1 202-555-0123' }); // '+12025550123'
 */
export function bareAddress({ channel, address }: ChannelAddress): string {
  const text = address.trim();
  if (channel === 'EMAIL') return normalizeIdentifier(text, 'email') ?? text;
  if (!phoneChannels.has(channel)) return text;
  const unprefixed = text.replace(prefix, '');
  return phoneNumberOf({ channel, address }) ?? unprefixed;
}

/** The E.164 number behind an address of a telephone channel; undefined for sender names, clients and SIP addresses. */
export function phoneNumberOf({ channel, address }: ChannelAddress): string | undefined {
  if (!phoneChannels.has(channel)) return undefined;
  return normalizeIdentifier(address.trim().replace(prefix, ''), 'phone');
}
