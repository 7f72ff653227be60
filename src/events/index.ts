/** The door of the events room: what happened in conversations, for status callbacks and the event stream. */
export { type ConversationEvent, type EventType, recordEvent } from './event.ts';
export { EventBell } from './event-bell.ts';
