import Type from 'typebox';
import { errors } from '../errors/index.ts';
import type { EventType } from './event.ts';

const idLengthMax = 256;
const typesLengthMax = 512;
const lastEventIdLengthMax = 512;

const eventTypes: readonly EventType[] = [
  'CONVERSATION_CREATED',
  'CONVERSATION_UPDATED',
  'PARTICIPANT_ADDED',
  'PARTICIPANT_UPDATED',
  'PARTICIPANT_REMOVED',
  'COMMUNICATION_CREATED',
  'COMMUNICATION_UPDATED',
];

export const EventStreamQuery = Type.Object({
  conversationId: Type.Optional(
    Type.String({ maxLength: idLengthMax, description: 'Events of this conversation only.' }),
  ),
  types: Type.Optional(
    Type.String({ maxLength: typesLengthMax, description: 'Event types to tell, joined with commas.' }),
  ),
  lastEventId: Type.Optional(
    Type.String({
      maxLength: lastEventIdLengthMax,
      description: 'As the header Last-Event-ID, which comes before it: go on after this event.',
    }),
  ),
});

/** The event types that a stream is to tell; none for all of them. */
export function toTypes(types: string | undefined): EventType[] {
  const names = new Set((types ?? '').split(',').flatMap((name) => name.trim() || []));
  const known = eventTypes.filter((type) => names.has(type));
  if (known.length !== names.size) {
    throw errors.invalid('types', `must be some of ${JSON.stringify(eventTypes)}`);
  }
  return known;
}
