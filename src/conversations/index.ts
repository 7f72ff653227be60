/** The door of the conversations room (Conversations API v2): configurations, conversations and what is said in them. */
import type { Route } from '../http/index.ts';
import type { Worker } from '../jobs/index.ts';
import type { Context } from '../runtime/context.ts';
import type { Sender } from '../senders/index.ts';
import { actionRoutes } from './actions/action.routes.ts';
import { actionWorkers } from './actions/action.worker.ts';
import { withAgentConnectForms } from './agent-connect.ts';
import { communicationRoutes } from './communications/communication.routes.ts';
import { configurationRoutes } from './configurations/configuration.routes.ts';
import { conversationRoutes } from './conversations/conversation.routes.ts';
import { conversationWorkers } from './conversations/conversation.worker.ts';
import { participantRoutes } from './participants/participant.routes.ts';
import { receiptWorkers } from './receipts/receipt.worker.ts';

export {
  addOwnedAddresses,
  type CallType,
  type CaptureChannel,
  type CaptureContext,
  type CapturedIn,
  type CapturedMessage,
  type CapturedParty,
  callTypes,
  captureMessage,
  createCaptureBooks,
  listOwnedAddresses,
  ownedAddressLengthMax,
  removeOwnedAddress,
  toCallTypeName,
  toConfiguredAddresses,
} from './capture/index.ts';
export { communicationSource } from './communications/communication-source.ts';
export { toDeliveryStatus } from './communications/index.ts';
export { profileMentions } from './communications/profile-mentions.ts';
export {
  getTranscript,
  markExtracted,
  type Transcript,
  type TranscriptCommunication,
  type TranscriptParticipant,
} from './communications/transcript.ts';
export { extractConversation } from './conversations/conversation.jobs.ts';
export type { ConversationRef } from './conversations/index.ts';

export { type Receipt, receiveReceipt } from './receipts/receipt.ts';

/** Every endpoint of the room. */
export function conversationsRoutes(context: Context): Route[] {
  const routes = [
    ...configurationRoutes(context),
    ...conversationRoutes(context),
    ...participantRoutes(context),
    ...communicationRoutes(context),
    ...actionRoutes(context),
  ];
  return context.isAgentConnectCompatible ? routes.map(withAgentConnectForms) : routes;
}

export function conversationsWorkers(context: Context, sender: Sender): Worker[] {
  return [...conversationWorkers(context), ...actionWorkers(context, sender), ...receiptWorkers(context)];
}
