/** Communication events on profiles: the older API's. */
export { eventRoutes } from './event.routes.ts';
export { deleteEventsOf, listEvents, moveEvents } from './event.store.ts';
export { ProfileEvent } from './event.wire.ts';
