/** Conversations as participants and communications see them. The endpoints are in the room's own door. */
export { sendingKey, sendMessages } from './conversation.jobs.ts';
export {
  type ConversationPlace,
  type ConversationRef,
  deleteUnusedChannelIds,
  findKeyHolder,
  insertChannelIds,
  listInChannel,
  updateExtractedThrough,
} from './conversation.store.ts';
export { newConversation, openConversation } from './conversation.ts';
export { ConversationPath, toWire as toConversationWire } from './conversation.wire.ts';
export { emitEvent, emitParticipants } from './conversation-events.ts';
export {
  assertConversation,
  assertNotClosed,
  type ConversationContext,
  type ConversationState,
  conversationLock,
  findConversation,
  holdConversation,
  lockConversation,
  lockGroupingKeys,
  noteCommunication,
  reactivate,
  refOf,
  renewKeys,
  settleParticipants,
} from './conversation-state.ts';
export { admitParticipants, draftParticipant, newParticipant } from './newcomers.ts';
