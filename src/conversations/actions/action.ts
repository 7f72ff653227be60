import { errors } from '../../errors/index.ts';
import type { MessageContent, SendChannel } from '../../senders/index.ts';
import type { Reader, Tx } from '../../storage/index.ts';
import { seatParties } from '../communications/index.ts';
import {
  assertConversation,
  assertNotClosed,
  type ConversationContext,
  type ConversationRef,
  type ConversationState,
  lockConversation,
  sendingKey,
  sendMessages,
} from '../conversations/index.ts';
import { idLengthMax } from '../participants/index.ts';
import {
  type Action,
  type ActionMessage,
  type ActionPayload,
  findAction,
  findLastPendingTime,
  insertAction,
} from './action.store.ts';
import type { ActionCreate, SendContentInput } from './action.wire.ts';
import { resolveParties } from './action-parties.ts';

/** The action; 404 when it, or the conversation, is not there. */
export async function getAction(reader: Reader, ref: ConversationRef, id: string): Promise<Action> {
  await assertConversation(reader, ref);
  const action = await findAction(reader, ref, id);
  if (!action) throw errors.notFound('Action', id);
  return action;
}

/**
 * Takes on a message to be sent: the action, its messages and the job that sends them are there when this answers. An address
 * that is nobody's joins the conversation at once, so that an answer to the message finds it. 400 in a CLOSED conversation.
 */
export async function createAction(
  context: ConversationContext,
  ref: ConversationRef,
  draft: ActionCreate,
): Promise<Action> {
  return context.db.transaction(async (tx) => {
    const state = await lockConversation(tx, context, ref);
    assertNotClosed(state);
    const payload = await toPayload(tx, context, state, draft);
    const createdAt = await timeInLine(tx, context, ref);
    const action = newAction(context, ref, { type: draft.type, payload, createdAt });
    await insertAction(tx, action, messagesOf(action));
    await startSending(tx, context, ref);
    return action;
  });
}

/**
 * Now, or later by as little as it takes to stand behind everything that is still to be sent: that is what the order goes by,
 * and several servers' clocks differ.
 */
async function timeInLine(
  tx: Tx,
  { clock }: Pick<ConversationContext, 'clock'>,
  ref: ConversationRef,
): Promise<number> {
  const last = await findLastPendingTime(tx, ref);
  return last === undefined ? clock.now() : Math.max(clock.now(), last + 1);
}

/** A job that is there already gets to it: it ends only when nothing is pending. */
async function startSending(
  tx: Tx,
  { jobs }: Pick<ConversationContext, 'jobs'>,
  { accountId, conversationId }: ConversationRef,
): Promise<void> {
  await jobs.enqueue(
    tx,
    sendMessages,
    { conversationId },
    { accountId, dedupeKey: sendingKey(conversationId), ifLive: 'keep' },
  );
}

async function toPayload(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  { payload }: ActionCreate,
): Promise<ActionPayload> {
  const content = toContent(payload.content);
  const { channel, from, to } = resolveParties(state.participants, payload);
  const channelSettings = payload.channelSettings ?? {};
  if (channel === 'CHAT') assertChannelId(channelSettings);
  const { parties } = await seatParties(tx, context, state, [from, ...to]);
  const [author, ...recipients] = parties;
  if (!author) throw new Error('an action has a sender');
  return { from: author, to: recipients, channel, content, channelSettings, requestId: context.requestId };
}

function toContent({ text, contentId, variables, mediaUrls }: SendContentInput): MessageContent {
  if (!text && !contentId && !mediaUrls?.length) {
    throw errors.invalid('payload.content', 'must have a text, a contentId or mediaUrls');
  }
  return {
    ...(text ? { text } : {}),
    ...(contentId ? { contentId } : {}),
    ...(variables ? { variables } : {}),
    ...(mediaUrls?.length ? { mediaUrls } : {}),
  };
}

function assertChannelId({ channelId }: ActionPayload['channelSettings']): void {
  const name = 'payload.channelSettings.channelId';
  if (channelId == null) throw errors.invalid(name, 'must not be null: it names the chat to write in');
  if (typeof channelId !== 'string' || channelId === '' || channelId.length > idLengthMax) {
    throw errors.invalid(name, `must be a text of 1 to ${idLengthMax} characters`);
  }
}

function newAction(
  { ids }: Pick<ConversationContext, 'ids'>,
  { accountId, conversationId }: ConversationRef,
  members: Pick<Action, 'type' | 'payload' | 'createdAt'>,
): Action {
  return {
    id: ids.next('action'),
    accountId,
    conversationId,
    ...members,
    status: 'PENDING',
    messageSid: undefined,
    communicationId: undefined,
    failureReason: undefined,
    updatedAt: members.createdAt,
    completedAt: undefined,
  };
}

/** Channels on which a message is put where all of its recipients see it, rather than sent to each of them. */
const sharedChannels: ReadonlySet<SendChannel> = new Set(['CHAT']);

function messagesOf({ payload, createdAt }: Action): ActionMessage[] {
  const count = sharedChannels.has(payload.channel) ? 1 : payload.to.length;
  return Array.from({ length: count }, (_, index) => ({
    index,
    state: 'waiting',
    messageSid: undefined,
    error: undefined,
    attempts: 0,
    deliveryStatus: undefined,
    updatedAt: createdAt,
  }));
}
