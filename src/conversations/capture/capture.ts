import { errors } from '../../errors/index.ts';
import type { Tx } from '../../storage/index.ts';
import { appendCommunication, listPlacesOfResource, resourceLock } from '../communications/index.ts';
import {
  type ConversationState,
  insertChannelIds,
  listInChannel,
  lockGroupingKeys,
  newConversation,
  openConversation,
  reactivate,
  refOf,
} from '../conversations/index.ts';
import { groupingKeys } from '../grouping.ts';
import { hasRoomFor } from '../participants/index.ts';
import { listSentMessages } from '../receipts/index.ts';
import { type CapturedMessage, partiesOf } from './captured-message.ts';
import { findDestination, type Grouping, holdIn, LookAgain, lookIn } from './destination.ts';
import { type ChannelParty, typeParties } from './party-typing.ts';
import { applySeating, type Seating, seatParties, typeAsSeated } from './seating.ts';
import { presentIn, recipientsOf, type Seated, speakerOf } from './speech.ts';
import { type CaptureContext, type CaptureTarget, listTargets } from './target.ts';

/** Where a message is recorded. */
export interface CapturedIn {
  readonly configurationId: string;
  readonly conversationId: string;
  /** Left out for the start of a call. */
  readonly communicationId?: string;
}

const attemptsMax = 20;
/** Conversations that the start of one call can have made: one for each configuration. */
const ofStartMax = 100;

/**
 * Records a message in every configuration that captures it, each of which keeps a conversation of its own: in the live one that
 * it belongs to, or in a new one (conversations-semantics section 4). One that a configuration has recorded already, wherever
 * and whatever became of that conversation since, is left as it is. All of it is one transaction.
 *
 * Captures take their locks in one order: the message, then by configuration the conversation and its grouping keys. Who holds
 * a grouping key never waits for a conversation: when one appears while a new one is made, everything begins again.
 */
export async function captureMessage(
  context: CaptureContext,
  accountId: string,
  message: CapturedMessage,
): Promise<CapturedIn[]> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    try {
      return await context.db.transaction((tx) => capture(tx, context, accountId, message));
    } catch (error) {
      if (!(error instanceof LookAgain)) throw error;
    }
  }
  throw errors.unavailable('The conversation changes too fast to be recorded in; try again.');
}

async function capture(
  tx: Tx,
  context: CaptureContext,
  accountId: string,
  message: CapturedMessage,
): Promise<CapturedIn[]> {
  const onceId = message.resourceId ?? message.startId;
  if (onceId !== undefined) await context.db.lock(tx, resourceLock(accountId, onceId));
  const known = await listKnown(tx, accountId, message);
  const named = known.filter(({ conversationId }) => conversationId === message.conversationId);
  if (named.length > 0) return named;
  const captured: CapturedIn[] = [];
  for (const target of await listTargets(tx, context, accountId, message)) {
    const place = known.find(({ configurationId }) => configurationId === target.configurationId);
    captured.push(...(place ? [place] : await captureInto(tx, context, accountId, target, message)));
  }
  if (captured.length === 0)
    context.log.debug({ accountId, channel: message.channel }, 'nothing captures it');
  return captured;
}

/** Where the message, or the start, was recorded before. */
async function listKnown(
  tx: Tx,
  accountId: string,
  { resourceId, startId }: CapturedMessage,
): Promise<CapturedIn[]> {
  if (resourceId !== undefined) {
    return [
      ...(await listPlacesOfResource(tx, accountId, resourceId)),
      ...(await listPlacesOfSent(tx, accountId, resourceId)),
    ];
  }
  return startId === undefined ? [] : listInChannel(tx, accountId, startId, { limit: ofStartMax });
}

/** A message that an action has sent is recorded by the action, under the id of the first when there are several. */
async function listPlacesOfSent(tx: Tx, accountId: string, messageSid: string): Promise<CapturedIn[]> {
  const sent = await listSentMessages(tx, accountId, messageSid);
  return sent.map(({ configurationId, conversationId, communicationId }) => ({
    configurationId,
    conversationId,
    ...(communicationId === undefined ? {} : { communicationId }),
  }));
}

async function captureInto(
  tx: Tx,
  context: CaptureContext,
  accountId: string,
  target: CaptureTarget,
  message: CapturedMessage,
): Promise<CapturedIn[]> {
  const grouping = toGrouping(tx, context, accountId, target, message);
  if (grouping.parties.length === 0) return [];
  const found = target.state ?? (await findDestination(tx, holdIn(context, accountId), grouping));
  const joined = found ? await join(tx, context, found, grouping) : await open(tx, context, grouping);
  return joined ? [await record(tx, context, joined, grouping, message)] : [];
}

function toGrouping(
  tx: Tx,
  context: CaptureContext,
  accountId: string,
  { configurationId, settings, state }: CaptureTarget,
  message: CapturedMessage,
): Grouping {
  const { channel, channelId } = message;
  const parties = message.ends
    ? partiesOf(message).map((party): ChannelParty => ({ ...party, channel }))
    : presentIn(state?.participants ?? [], message);
  let typed: ReturnType<Grouping['typed']> | undefined;
  return {
    accountId,
    configurationId,
    settings,
    parties,
    channelId,
    typed: () => {
      typed ??= typeParties(tx, context, { accountId, settings }, parties);
      return typed;
    },
  };
}

/** A conversation in which the parties have their seats. */
interface Joined {
  readonly state: ConversationState;
  readonly seated: Seating['seated'];
}

/** Seats the parties in a conversation that is held. Undefined when it can take no more participants. */
async function join(
  tx: Tx,
  context: CaptureContext,
  state: ConversationState,
  { settings, parties, channelId, typed }: Grouping,
): Promise<Joined | undefined> {
  const isByProfile = settings.conversationGroupingType === 'GROUP_BY_PROFILE';
  const asSeated = isByProfile ? undefined : typeAsSeated(state.participants, parties);
  const { roster, seated } = await seatParties(tx, context, state, asSeated ?? (await typed()), channelId);
  if (!hasRoomFor(roster)) {
    context.log.warn({ conversationId: state.row.id }, 'capture rejected: the conversation is full');
    return undefined;
  }
  const active = await reactivate(tx, context, state);
  return { state: await applySeating(tx, context, active, roster), seated };
}

/** Makes the conversation under the locks of its keys, unless somebody else has made it meanwhile. */
async function open(tx: Tx, context: CaptureContext, grouping: Grouping): Promise<Joined> {
  const { accountId, configurationId, settings, channelId } = grouping;
  const empty = newConversation(context, accountId, { configurationId }, settings);
  const typed = await grouping.typed();
  const { roster, seated } = await seatParties(tx, context, empty, typed, channelId);
  const keys = groupingKeys(settings.conversationGroupingType, roster);
  const inChannel = channelId === undefined ? [] : [`channel-id:${channelId}`];
  await lockGroupingKeys(tx, context, configurationId, [...keys, ...inChannel]);
  // Customers have the profiles now that they got with their seats.
  const resolved = typed.map((party, at) => ({ ...party, profileId: seated[at]?.profileId }));
  const settled = { ...grouping, typed: async () => resolved };
  if (await findDestination(tx, lookIn(accountId), settled)) throw new LookAgain();
  return { state: await openConversation(tx, context, empty, roster), seated };
}

async function record(
  tx: Tx,
  context: CaptureContext,
  { state, seated }: Joined,
  { parties }: Grouping,
  message: CapturedMessage,
): Promise<CapturedIn> {
  const place = { configurationId: state.row.configuration_id, conversationId: state.row.id };
  const { content, channelId, startId } = message;
  if (content) {
    const everybody = withListeners(state, pair(parties, seated), message);
    const communicationId = await say(tx, context, state, everybody, { ...message, content });
    return { ...place, communicationId };
  }
  const channelIds = [channelId, startId].filter((id) => id !== undefined);
  await insertChannelIds(tx, refOf(state.row), channelIds);
  return place;
}

async function say(
  tx: Tx,
  context: CaptureContext,
  state: ConversationState,
  seated: readonly Seated[],
  message: CapturedMessage & Required<Pick<CapturedMessage, 'content'>>,
): Promise<string> {
  const speaker = speakerOf(seated, message.speaker);
  const author = seated[speaker];
  if (!author) throw new Error('a captured message has an author');
  const { address, channel } = author.party;
  const communication = await appendCommunication(tx, context, state, {
    author: { address, channel, participantId: author.participant.id },
    recipients: recipientsOf(seated, speaker, message),
    content: message.content,
    channelId: message.channelId,
    resourceId: message.resourceId,
    occurredAt: message.occurredAt,
  });
  return communication.id;
}

function pair(parties: readonly ChannelParty[], seated: Seating['seated']): Seated[] {
  return parties.flatMap((party, at) => {
    const participant = seated[at];
    return participant ? [{ party, participant }] : [];
  });
}

/** A chat message whose recipients nobody named is for everybody else in the chat. */
function withListeners(
  { participants }: ConversationState,
  seated: readonly Seated[],
  { channel, channelId }: CapturedMessage,
): readonly Seated[] {
  if (channel !== 'CHAT' || seated.length > 1) return seated;
  const others = participants.filter(({ id }) => id !== seated[0]?.participant.id);
  const listeners = others.flatMap((participant) =>
    participant.addresses
      .filter((held) => held.channel === channel && held.channelId === channelId)
      .map(({ address }): Seated => ({ party: { channel, address }, participant })),
  );
  return [...seated, ...listeners];
}
