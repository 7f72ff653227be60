import type { Recipient } from '../communications/index.ts';
import type { Participant, ParticipantType } from '../participants/index.ts';
import type { CapturedMessage } from './captured-message.ts';
import type { ChannelParty } from './party-typing.ts';

/** A party with the participant that stands for it. */
export interface Seated {
  readonly party: ChannelParty;
  readonly participant: Pick<Participant, 'id' | 'type'>;
}

const agentTypes: ReadonlySet<ParticipantType> = new Set(['AGENT', 'AI_AGENT', 'HUMAN_AGENT']);

/**
 * Who speaks. Of a call the near end is the account's own side and the far end whoever is called or calls, so that the voice
 * that comes in is the caller's when the account is called, and that of the person called when the account calls. Where sides
 * cannot be told apart the call came in.
 */
export function speakerOf(seated: readonly Seated[], speaker: CapturedMessage['speaker']): number {
  if (speaker === 'from' || seated.length < 2) return 0;
  const agents = seated.flatMap(({ participant }, at) => (agentTypes.has(participant.type) ? [at] : []));
  const nearEnd = agents.length === 1 ? (agents[0] ?? 1) : 1;
  const farEnd = nearEnd === 0 ? 1 : 0;
  return speaker === 'near' ? nearEnd : farEnd;
}

/** Everybody else, with what is known of the delivery. */
export function recipientsOf(
  seated: readonly Seated[],
  speaker: number,
  { deliveryStatus }: Pick<CapturedMessage, 'deliveryStatus'>,
): Recipient[] {
  return seated
    .filter((_, at) => at !== speaker)
    .map(({ party: { address, channel }, participant }) => ({
      address,
      channel,
      participantId: participant.id,
      ...(deliveryStatus === undefined ? {} : { deliveryStatus }),
    }));
}

/** Who is in a call or chat by the addresses in the conversation; on that channel at all when the call is no longer there. */
export function presentIn(
  participants: readonly Participant[],
  { channel, channelId }: Pick<CapturedMessage, 'channel' | 'channelId'>,
): ChannelParty[] {
  const onChannel = participants
    .flatMap(({ addresses }) => addresses)
    .filter((address) => address.channel === channel);
  const inChannel = onChannel.filter((address) => address.channelId === channelId);
  return (inChannel.length > 0 ? inChannel : onChannel).map(({ address }) => ({ channel, address }));
}
