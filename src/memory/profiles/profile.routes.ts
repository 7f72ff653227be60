import Type, { type Static } from 'typebox';
import {
  accepted,
  ok,
  orderParameter,
  pageParameters,
  type Route,
  route,
  toPageBody,
  toPageRequest,
} from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import type { Context } from '../../runtime/context.ts';
import { decodeJson, type ProfileTraitRow } from '../../storage/index.ts';
import { AcceptedMessage, openForRead, ProfilePath } from '../access/index.ts';
import { Identifier } from '../identity/index.ts';
import { getActiveStore, type ProfileMentions, StorePath } from '../stores/index.ts';
import { getTraits, listTraitPage, type TraitValue } from '../traits/index.ts';
import { bulkUpsert } from './bulk.ts';
import { listProfileIds } from './profile.store.ts';
import { createProfile, deleteProfile, lookUpProfiles, patchProfile } from './profile.ts';
import {
  type FullTrait,
  LookupResult,
  Profile,
  ProfileCreated,
  ProfileData,
  ProfileList,
  ProfilePatch,
  ProfilesBulk,
  profileList,
  TraitGroupsParameter,
  TraitList,
  traitList,
} from './profile.wire.ts';

const collection = '/v1/Stores/:storeId/Profiles';
const item = `${collection}/:profileId`;
/** A thousand profiles with some hundred traits each. */
const bulkMaxBytes = 16 * 1024 * 1024;

export function profileRoutes(context: Context, mentions: ProfileMentions): Route[] {
  const { db } = context;
  return [
    route({
      operation: 'ListProfiles',
      surface: 'memoryData',
      method: 'GET',
      path: collection,
      summary: 'List profile IDs, newest first',
      params: StorePath,
      query: Type.Object({ ...pageParameters, ...orderParameter }),
      replies: { 200: ProfileList },
      handle: async ({ account, params, query }) => {
        const store = await getActiveStore(db.reader, account.id, params.storeId);
        const scope = [store.id];
        const request = toPageRequest(profileList, query, scope);
        const page = await listProfileIds(db.reader, store.id, request);
        return ok(toPageBody(profileList, page, request, scope, ({ id }) => id));
      },
    }),
    route({
      operation: 'CreateProfile',
      surface: 'memoryData',
      method: 'POST',
      path: collection,
      summary: 'Create or resolve a profile from traits',
      params: StorePath,
      body: ProfileData,
      replies: { 202: ProfileCreated },
      handle: async ({ account, params, body }) => {
        const { profileId, isNew } = await createProfile(
          context,
          { ...params, accountId: account.id },
          body.traits ?? {},
        );
        return accepted({ id: profileId, message: isNew ? 'Profile created.' : 'Profile resolved.' });
      },
    }),
    route({
      operation: 'FetchProfile',
      surface: 'memoryData',
      method: 'GET',
      path: item,
      summary: 'Read a profile with its traits',
      params: ProfilePath,
      query: Type.Object({ traitGroups: TraitGroupsParameter }),
      replies: { 200: Profile },
      handle: async ({ account, params, query }) => {
        const { profile, headers } = await openForRead(db.reader, { ...params, accountId: account.id });
        const traits = await getTraits(db.reader, profile.id, toGroupNames(query.traitGroups));
        return ok({ id: profile.id, createdAt: toTimestamp(profile.created_at), traits }, headers);
      },
    }),
    route({
      operation: 'PatchProfileTraits',
      surface: 'memoryData',
      method: 'PATCH',
      path: item,
      summary: 'Merge trait values into a profile',
      params: ProfilePath,
      body: ProfilePatch,
      replies: { 202: AcceptedMessage },
      handle: async ({ account, params, body }) => {
        await patchProfile(context, { ...params, accountId: account.id }, body.traits ?? {});
        return accepted({ message: 'Trait change accepted.' });
      },
    }),
    route({
      operation: 'DeleteProfile',
      surface: 'memoryData',
      method: 'DELETE',
      path: item,
      summary: 'Delete a profile for good',
      params: ProfilePath,
      replies: { 202: AcceptedMessage },
      handle: async ({ account, params }) => {
        await deleteProfile(context, mentions, { ...params, accountId: account.id });
        return accepted({ message: 'Profile deletion accepted.' });
      },
    }),
    route({
      operation: 'CreateProfilesLookup',
      surface: 'memoryData',
      method: 'POST',
      path: `${collection}/Lookup`,
      summary: 'Find profiles by identifier value',
      params: StorePath,
      body: Identifier,
      replies: { 200: LookupResult },
      handle: async ({ account, params, body }) =>
        ok(await lookUpProfiles(db.reader, { ...params, accountId: account.id }, body)),
    }),
    route({
      operation: 'UpdateProfilesBulk',
      surface: 'memoryData',
      method: 'PUT',
      path: `${collection}/Bulk`,
      summary: 'Create or update up to 1000 profiles',
      params: StorePath,
      body: ProfilesBulk,
      bodyMaxBytes: bulkMaxBytes,
      replies: { 202: AcceptedMessage },
      handle: async ({ account, params, body }) => {
        await bulkUpsert(context, { ...params, accountId: account.id }, body.profiles);
        return accepted({ message: 'Batch accepted.' });
      },
    }),
    route({
      operation: 'ListProfileTraits',
      surface: 'memoryData',
      method: 'GET',
      path: `${item}/Traits`,
      summary: 'List trait values of a profile, flattened',
      params: ProfilePath,
      query: Type.Object({ ...pageParameters, ...orderParameter, traitGroups: TraitGroupsParameter }),
      replies: { 200: TraitList },
      handle: async ({ account, params, query }) => {
        const { profile, headers } = await openForRead(db.reader, { ...params, accountId: account.id });
        const scope = [profile.id, query.traitGroups];
        const request = toPageRequest(traitList, query, scope);
        const page = await listTraitPage(db.reader, profile.id, toGroupNames(query.traitGroups), request);
        return ok(toPageBody(traitList, page, request, scope, toFullTrait), headers);
      },
    }),
  ];
}

function toGroupNames(traitGroups: string | undefined): string[] | undefined {
  return traitGroups
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function toFullTrait(row: ProfileTraitRow): Static<typeof FullTrait> {
  return {
    name: row.name,
    value: decodeJson<TraitValue>(row.value_json),
    traitGroup: row.trait_group,
    timestamp: toTimestamp(row.updated_at),
  };
}
