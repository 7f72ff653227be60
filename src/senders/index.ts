/** The door of the senders room: how messages leave, over a provider or into the local outbox. */
export { createMessageSender } from './create-sender.ts';
export { outboxRoutes } from './outbox.routes.ts';
export {
  type LocalSender,
  type MessageContent,
  type NetworkSender,
  type OutgoingMessage,
  type SendChannel,
  type Sender,
  SendFailure,
  type SentMessage,
  sendChannels,
} from './sender.ts';
