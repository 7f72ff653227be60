import Type from 'typebox';
import { pageOf, Timestamp } from '../../http/index.ts';
import { identifierLengthMax } from '../identity/index.ts';
import { TraitsByGroup, TraitValues, TraitValuesPatch } from '../traits/index.ts';

/** Schemas of memory-v1.yaml, tags Profile and Retrieval (Lookup). */
export const ProfileData = Type.Object(
  { traits: Type.Optional(TraitValues) },
  { additionalProperties: false },
);
export const ProfilePatch = Type.Object(
  { traits: Type.Optional(TraitValuesPatch) },
  { additionalProperties: false },
);

export const ProfileCreated = Type.Object({ id: Type.String(), message: Type.String() });
export const Profile = Type.Object({ id: Type.String(), createdAt: Timestamp, traits: TraitsByGroup });

export const Identifier = Type.Object(
  {
    idType: Type.String({ minLength: 2, maxLength: 30 }),
    value: Type.String({ maxLength: identifierLengthMax }),
  },
  { additionalProperties: false },
);
export const LookupResult = Type.Object({
  normalizedValue: Type.String(),
  profiles: Type.Array(Type.String()),
});

/** Comma-separated group names. */
export const TraitGroupsParameter = Type.Optional(Type.String({ minLength: 1, maxLength: 256 }));

export const profileList = { key: 'profiles', sortKey: ['text'], sizeMax: 100 } as const;
export const ProfileList = pageOf(profileList.key, Type.String());
