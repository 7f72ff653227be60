import Type from 'typebox';
import { pageOf, Timestamp } from '../../http/index.ts';
import { TraitsByGroup, type TraitValue, TraitValues, TraitValuesPatch } from '../traits/index.ts';

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

export const LookupResult = Type.Object({
  normalizedValue: Type.String(),
  profiles: Type.Array(Type.String()),
});

/** Comma-separated group names. */
export const TraitGroupsParameter = Type.Optional(Type.String({ minLength: 1, maxLength: 256 }));

export const profileList = { key: 'profiles', sortKey: ['text'], sizeMax: 100 } as const;
export const ProfileList = pageOf(profileList.key, Type.String());

const profilesPerRequest = 1000;
export const ProfilesBulk = Type.Object(
  { profiles: Type.Array(ProfileData, { minItems: 1, maxItems: profilesPerRequest }) },
  { maxProperties: 1 },
);

export const FullTrait = Type.Object({
  name: Type.String(),
  value: Type.Unsafe<TraitValue>({}),
  traitGroup: Type.String(),
  timestamp: Timestamp,
});
export const traitList = { key: 'traits', sortKey: ['integer', 'text', 'text'], sizeMax: 100 } as const;
export const TraitList = pageOf(traitList.key, FullTrait);
