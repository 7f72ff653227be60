/** The door of the callbacks room: events on their way to the status callbacks of conversations. */
export { type CallbackEvent, type CallbackTarget, queueCallbacks } from './delivery.ts';
