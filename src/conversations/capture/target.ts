import type { Tx } from '../../storage/index.ts';
import type { ConfigurationSettings } from '../configurations/index.ts';
import {
  type ConversationPlace,
  type ConversationState,
  holdConversation,
  listInChannel,
} from '../conversations/index.ts';
import type { CaptureBooks } from './capture-book.ts';
import type { CapturedMessage } from './captured-message.ts';
import type { TypingContext } from './party-typing.ts';

export type CaptureContext = TypingContext & { readonly captureBooks: CaptureBooks };

/** A configuration that a message is captured by and, where that is settled already, the conversation, which is held. */
export interface CaptureTarget {
  readonly configurationId: string;
  readonly settings: ConfigurationSettings;
  readonly state?: ConversationState;
}

/** Conversations that one call can be in: one for each configuration that captures it. */
const ofCallMax = 100;

/**
 * By what a message is captured (conversations-semantics sections 4 and 6): the conversation that it names, else the
 * configuration that it names, else every configuration with a rule for it. A message that says nothing but its call goes
 * where the call is.
 */
export async function listTargets(
  tx: Tx,
  context: CaptureContext,
  accountId: string,
  message: CapturedMessage,
): Promise<CaptureTarget[]> {
  const { conversationId, configurationId, ends, channelId } = message;
  if (conversationId !== undefined) return nameConversation(tx, context, accountId, conversationId);
  if (!ends) return channelId === undefined ? [] : followChannel(tx, context, accountId, message, channelId);
  const book = await context.captureBooks.open(tx, accountId);
  if (configurationId !== undefined) {
    const named = book.find(configurationId);
    if (!named) context.log.warn({ configurationId }, 'capture rejected: there is no such configuration');
    return named ? [{ configurationId, settings: named.settings }] : [];
  }
  const { channel, metadata } = message;
  const subject = { channel, from: ends.from.address, to: ends.to.map(({ address }) => address), metadata };
  return book.capturing(subject).map(({ id, settings }) => ({ configurationId: id, settings }));
}

async function nameConversation(
  tx: Tx,
  context: CaptureContext,
  accountId: string,
  conversationId: string,
): Promise<CaptureTarget[]> {
  const state = await holdConversation(tx, context, { accountId, conversationId });
  if (!state || state.row.status === 'CLOSED') {
    const reason = state ? 'the conversation is CLOSED' : 'there is no such conversation';
    context.log.warn({ conversationId }, `capture rejected: ${reason}`);
    return [];
  }
  return [toTarget(state)];
}

/** Held in the order of their configurations, as all captures do, so that no two wait for each other. */
async function followChannel(
  tx: Tx,
  context: CaptureContext,
  accountId: string,
  { configurationId }: CapturedMessage,
  channelId: string,
): Promise<CaptureTarget[]> {
  const places = await listInChannel(tx, accountId, channelId, {
    isLive: true,
    limit: ofCallMax,
    ...(configurationId === undefined ? {} : { configurationId }),
  });
  const targets: CaptureTarget[] = [];
  for (const place of newestByConfiguration(places)) {
    const state = await holdConversation(tx, context, { accountId, conversationId: place.conversationId });
    if (state && state.row.status !== 'CLOSED') targets.push(toTarget(state));
  }
  return targets;
}

function newestByConfiguration(places: readonly ConversationPlace[]): ConversationPlace[] {
  const newest = new Map(
    places.toReversed().map((place): [string, ConversationPlace] => [place.configurationId, place]),
  );
  return [...newest.values()].sort((a, b) => (a.configurationId < b.configurationId ? -1 : 1));
}

function toTarget(state: ConversationState): CaptureTarget {
  return { configurationId: state.row.configuration_id, settings: state.configuration, state };
}
