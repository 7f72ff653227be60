import Type from 'typebox';
import { profileParameters } from '../access/index.ts';
import { IdentifierText, IdType } from '../identity/index.ts';

/** Schemas of memory-v1.yaml, tag Identifiers. */
export const IdentifierUpdate = Type.Object(
  { idType: IdType, oldValue: IdentifierText, newValue: IdentifierText },
  { additionalProperties: false },
);
export const IdentifierSet = Type.Object({ idType: Type.String(), values: Type.Array(Type.String()) });
export const IdentifierSets = Type.Object({ identifiers: Type.Array(IdentifierSet) });
export const IdentifierPath = Type.Object({ ...profileParameters, idType: IdType });
export const RemoveQuery = Type.Object({ removeAll: Type.Optional(Type.Boolean()) });
