import { bareAddress } from '../address.ts';
import type { CaptureRule } from '../configurations/index.ts';

/** Channels that messages are captured on. */
export const captureChannels = ['VOICE', 'SMS', 'RCS', 'WHATSAPP', 'CHAT'] as const;
export type CaptureChannel = (typeof captureChannels)[number];

export const callTypes = ['PSTN', 'CLIENT', 'PUBLIC_SIP'] as const;
export type CallType = (typeof callTypes)[number];

/** What capture rules look at: the two ends of a message, or of a call, and what else is known of it. */
export interface CaptureSubject {
  readonly channel: CaptureChannel;
  readonly from: string;
  /** In chat there may be several, or none that is known. */
  readonly to: readonly string[];
  /** `callType` of a call, `chatService` of a chat. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Stands for every address. */
export const any = '*';

/** A rule, and what it is held against, in the form in which both are compared. */
export type ComparableRule = Required<CaptureRule>;
export type ComparableSubject = CaptureSubject;

/**
 * The rule of a channel, ready to be compared many times. Without `callType` a rule for calls means those of the telephone
 * network (conversations-semantics section 5).
 */
export function toComparableRule(channel: string, { from, to, metadata = {} }: CaptureRule): ComparableRule {
  const callType = metadata['callType'] ?? (channel === 'VOICE' ? 'PSTN' : undefined);
  return {
    from: from === any ? any : bareAddress({ channel, address: from }),
    to: to === any ? any : bareAddress({ channel, address: to }),
    metadata: { ...metadata, ...(callType === undefined ? {} : { callType: toCallTypeName(callType) }) },
  };
}

export function toComparableSubject({ channel, from, to, metadata }: CaptureSubject): ComparableSubject {
  return {
    channel,
    from: bareAddress({ channel, address: from }),
    to: to.map((address) => bareAddress({ channel, address })),
    metadata,
  };
}

/** Whether a rule of the message's channel captures it: both ends match, and all of the conditions hold. */
export function isCapturedBy(rule: ComparableRule, { from, to, metadata }: ComparableSubject): boolean {
  return (
    (rule.from === any || rule.from === from) &&
    (rule.to === any || to.includes(rule.to)) &&
    Object.entries(rule.metadata).every(([name, value]) => metadata[name] === value)
  );
}

/** The published example writes SIP for what the documentation calls PUBLIC_SIP. */
export function toCallTypeName(callType: string): string {
  const name = callType.toUpperCase();
  return name === 'SIP' ? 'PUBLIC_SIP' : name;
}
