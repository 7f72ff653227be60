import Type from 'typebox';
import { identifierLengthMax } from './normalize.ts';

/** Schemas of memory-v1.yaml, tag Identifiers, that lookup shares. */
export const IdType = Type.String({ minLength: 2, maxLength: 30 });
export const IdentifierText = Type.String({ maxLength: identifierLengthMax });
export const Identifier = Type.Object(
  { idType: IdType, value: IdentifierText },
  { additionalProperties: false },
);
