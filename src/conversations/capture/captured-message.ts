import { type AddressChannel, bareAddress } from '../address.ts';
import type { Content, DeliveryStatus } from '../communications/index.ts';
import type { ParticipantType } from '../participants/index.ts';
import type { CaptureChannel } from './capture-rule.ts';

/** Somebody at one end of a captured message. */
export interface CapturedParty {
  readonly address: string;
  /** Taken for the participant's name when it is new. */
  readonly name?: string | undefined;
  /** What the source knows them to be. */
  readonly type?: ParticipantType | undefined;
}

/** A message, an utterance of a call, or the start of a call, on its way into conversations. */
export interface CapturedMessage {
  readonly channel: CaptureChannel;
  /** Where it comes from and where it goes; for a call the two ends of the call. Left out when only `channelId` is known. */
  readonly ends?: { readonly from: CapturedParty; readonly to: readonly CapturedParty[] };
  /**
   * Who speaks: the end it comes from, or of a call the far end (whose voice comes in to the account) or the near end.
   */
  readonly speaker: 'from' | 'far' | 'near';
  /** What capture rules may ask for: `callType`, `chatService`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Left out when nothing was said yet: a call has started. */
  readonly content?: Content;
  /** The provider's id of the message or utterance; it is recorded once. */
  readonly resourceId?: string;
  /** The call or the chat that it belongs to. */
  readonly channelId?: string;
  /** A start that is told again is the same start. */
  readonly startId?: string;
  /** What is known of its delivery. */
  readonly deliveryStatus?: DeliveryStatus;
  /** Milliseconds; its arrival when left out. */
  readonly occurredAt?: number;
  /** A conversation, or else a configuration, that it is for, whatever rules say. */
  readonly conversationId?: string;
  readonly configurationId?: string;
}

/** Channels on which addresses are written with a prefix. */
const prefixes: Partial<Record<AddressChannel, string>> = { WHATSAPP: 'whatsapp:', RCS: 'rcs:' };

/**
 * The form in which capture writes an address: as it came, and on WhatsApp and RCS with the channel's prefix, which clients
 * compare as text (conversations-semantics section 8).
 */
export function toWrittenForm(channel: AddressChannel, address: string): string {
  const prefix = prefixes[channel];
  const text = address.trim();
  if (prefix === undefined || text.toLowerCase().startsWith(prefix)) return text;
  return `${prefix}${bareAddress({ channel, address: text })}`;
}

/** The parties in one list, first where it comes from. */
export function partiesOf({ channel, ends }: CapturedMessage): CapturedParty[] {
  const parties = ends ? [ends.from, ...ends.to] : [];
  return parties.map((party) => ({ ...party, address: toWrittenForm(channel, party.address) }));
}
