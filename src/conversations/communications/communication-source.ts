import type { CommunicationSource, RecalledCommunication, RecalledParty } from '../../memory/index.ts';
import { findConversation } from '../conversations/index.ts';
import { nameOf, type Participant } from '../participants/index.ts';
import { type Communication, listLatestCommunications, type Recipient } from './communication.store.ts';

/** What Recall widens its query with and answers as `communications`. */
export const communicationSource: CommunicationSource = {
  async latest(reader, { accountId, conversationId, ...span }) {
    const ref = { accountId, conversationId };
    const state = await findConversation(reader, ref);
    if (!state) return [];
    const participants = new Map(state.participants.map((participant) => [participant.id, participant]));
    const latest = await listLatestCommunications(reader, ref, span);
    return latest.reverse().map((communication) => toRecalled(communication, participants));
  },
};

function toRecalled(
  communication: Communication,
  participants: ReadonlyMap<string, Participant>,
): RecalledCommunication {
  const { id, channelId, content, author, recipients, createdAt, updatedAt } = communication;
  return {
    id,
    ...(channelId === undefined ? {} : { channelId }),
    text: content.text,
    author: toRecalledParty(author, participants),
    recipients: recipients.map((recipient) => toRecalledParty(recipient, participants)),
    createdAt,
    updatedAt,
  };
}

function toRecalledParty(
  { participantId, address, channel, deliveryStatus }: Recipient,
  participants: ReadonlyMap<string, Participant>,
): RecalledParty {
  const participant = participants.get(participantId);
  const { type, profileId } = participant ?? {};
  return {
    id: participantId,
    name: participant ? nameOf(participant) : address,
    ...(type === undefined || type === 'UNKNOWN' ? {} : { type }),
    ...(profileId === undefined ? {} : { profileId }),
    address,
    channel,
    ...(deliveryStatus === undefined ? {} : { deliveryStatus }),
  };
}
