import { errors } from '../../errors/index.ts';
import type { Tx } from '../../storage/index.ts';
import {
  admitParticipants,
  assertNotClosed,
  type ConversationContext,
  type ConversationState,
  draftParticipant,
} from '../conversations/index.ts';
import { indexByAddress, type Participant } from '../participants/index.ts';
import type { Party } from './communication.store.ts';
import type { PartyInput } from './communication.wire.ts';

/**
 * The participants behind the parties of a communication, in the same order. A party that names its participant must name
 * one of this conversation; another is found by its address, or joins the conversation as UNKNOWN. Grouping never refuses a
 * communication: when those who joined make the conversation look like another one, the newest of them is found from then on.
 */
export async function seatParties(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  inputs: readonly PartyInput[],
): Promise<{ state: ConversationState; parties: Party[] }> {
  const present = indexByAddress(state.participants);
  const joined: Participant[] = [];
  const parties: Party[] = [];
  for (const [at, input] of inputs.entries()) {
    const found =
      findNamed(state.participants, input, at === 0 ? 'author' : `recipients.${at - 1}`) ??
      present.find(input) ??
      indexByAddress(joined).find(input);
    const participant = found ?? (await draftUnknown(tx, context, state, input));
    if (!found) joined.push(participant);
    parties.push({ address: input.address, channel: input.channel, participantId: participant.id });
  }
  return { state: await admitParticipants(tx, context, state, joined, 'share'), parties };
}

/** Undefined when the party names no participant; 400 when it names one who is not here. */
function findNamed(
  participants: readonly Participant[],
  party: PartyInput,
  name: string,
): Participant | undefined {
  if (party.participantId == null) return undefined;
  const named = participants.find(({ id }) => id === party.participantId);
  if (!named) throw errors.invalid(`${name}.participantId`, 'is not a participant of this conversation');
  return named;
}

async function draftUnknown(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  { address, channel }: PartyInput,
): Promise<Participant> {
  assertNotClosed(state);
  return draftParticipant(tx, context, state, { addresses: [{ address, channel }] });
}
