/** Conversations as participants and communications see them. The endpoints are in the room's own door. */

export {
  type ConversationRef,
  deleteUnusedChannelIds,
  insertChannelIds,
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
  findConversation,
  lockConversation,
  noteCommunication,
  reactivate,
  refOf,
  settleParticipants,
} from './conversation-state.ts';
export { admitParticipants, draftParticipant, newParticipant } from './newcomers.ts';
