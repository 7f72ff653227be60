/** The door of the events room: what happened in conversations, for status callbacks and the event stream. */

export { eventRoutes } from './event.routes.ts';
export { type ConversationEvent, type EventType, recordEvent } from './event.ts';
export { eventWorkers } from './event.worker.ts';
export { EventBell } from './event-bell.ts';
export { forgetProfilesInEvents } from './profile-mentions.ts';
export { startRetention } from './retention.ts';
