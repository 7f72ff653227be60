import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { errors } from '../../errors/index.ts';
import { checkIfMatch, etagOf } from '../../http/index.ts';
import { completeOperation, type Operation } from '../../operations/index.ts';
import type { Context } from '../../runtime/context.ts';
import { encodeJson, type Reader, type TraitGroupRow, type Tx } from '../../storage/index.ts';
import { isTraitGroupMapped } from '../data-mappings/index.ts';
import { getIdentitySettings } from '../identity/index.ts';
import { getStore } from '../stores/index.ts';
import {
  contactGroup,
  countTraitGroups,
  deleteTraitGroupRow,
  deleteTraitValues,
  findRuleProblem,
  findTraitGroup,
  hasTraitValues,
  insertTraitGroup,
  type TraitDefinition,
  type TraitDefinitions,
  updateTraitGroup,
} from '../traits/index.ts';
import { applyDefinitions } from './definitions.ts';
import {
  definitionsOf,
  groupsMax,
  type TraitGroupCreate,
  type TraitGroupPatch,
  traitsMax,
} from './trait-group.wire.ts';

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids'>;

/** Characters of the digest in an ETag. */
const tagKeyLength = 22;

/** The group that a path names. */
export interface TraitGroupRef {
  readonly accountId: string;
  readonly storeId: string;
  readonly name: string;
}

/** The group; 520047 when the store has none of that name. */
export async function getTraitGroup(
  reader: Reader,
  { accountId, storeId, name }: TraitGroupRef,
): Promise<TraitGroupRow> {
  await getStore(reader, accountId, storeId);
  const group = await findTraitGroup(reader, storeId, name);
  if (!group) throw errors.traitGroupNotFound(name);
  return group;
}

/**
 * ETag of a group. A digest stands for its name, which may be longer than If-Match can hold; a group that was deleted and made
 * again has another tag.
 */
export function groupTag({ store_id, name, created_at, version }: TraitGroupRow): string {
  const key = JSON.stringify([store_id, name, created_at]);
  return etagOf(createHash('sha256').update(key).digest('base64url').slice(0, tagKeyLength), version);
}

/** Creates a group with its definitions (memory-semantics section 10). */
export async function createTraitGroup(
  context: WriteContext,
  { accountId, storeId }: { accountId: string; storeId: string },
  { displayName, description, traits = {} }: TraitGroupCreate,
): Promise<Operation> {
  const { db, clock } = context;
  return db.transaction(async (tx) => {
    await lockGroups(tx, context, storeId);
    await getStore(tx, accountId, storeId);
    if (await findTraitGroup(tx, storeId, displayName)) throw errors.traitGroupNameInUse(displayName);
    if ((await countTraitGroups(tx, storeId)) >= groupsMax) throw errors.tooManyTraitGroups(groupsMax);
    const { definitions } = applyDefinitions({}, traits);
    await assertUsable(tx, storeId, definitions, Object.keys(definitions));
    const row: TraitGroupRow = {
      account_id: accountId,
      store_id: storeId,
      name: displayName,
      description: description ?? null,
      traits_json: encodeJson(definitions),
      version: 1,
      created_at: clock.now(),
    };
    await insertTraitGroup(tx, row);
    return finish(tx, context, row, 'traitGroup.create');
  });
}

/** Changes the description; adds, replaces and removes definitions. The values of a removed trait go with it. */
export async function patchTraitGroup(
  context: WriteContext,
  ref: TraitGroupRef & { readonly ifMatch: string | undefined },
  { description, traits = {} }: TraitGroupPatch,
): Promise<Operation> {
  return context.db.transaction(async (tx) => {
    await lockGroups(tx, context, ref.storeId);
    const row = await getTraitGroup(tx, ref);
    checkIfMatch(ref.ifMatch, groupTag(row));
    const before = definitionsOf(row);
    const { definitions, removed, changed } = applyDefinitions(before, traits);
    for (const name of [...removed, ...changed])
      assertUnprotected(row, name, before[name], definitions[name]);
    await assertUsable(tx, ref.storeId, definitions, Object.keys(traits));
    await assertTypesFree(tx, row, changed, before, definitions);
    await deleteTraitValues(tx, ref.storeId, row.name, removed);
    const after = {
      ...row,
      description: description ?? row.description,
      traits_json: encodeJson(definitions),
    };
    if (isDeepStrictEqual(after, row)) return finish(tx, context, row, 'traitGroup.patch');
    await updateTraitGroup(tx, { ...after, version: row.version + 1 });
    return finish(tx, context, row, 'traitGroup.patch');
  });
}

/**
 * Removes the group, its definitions and their values in all profiles. Identifiers that the values fed stay. 409 while a data
 * mapping writes to it.
 */
export async function deleteTraitGroup(context: WriteContext, ref: TraitGroupRef): Promise<Operation> {
  return context.db.transaction(async (tx) => {
    await lockGroups(tx, context, ref.storeId);
    const row = await getTraitGroup(tx, ref);
    if (row.name === contactGroup.name) throw errors.protectedTrait(row.name);
    if (await isTraitGroupMapped(tx, ref, row.name))
      throw errors.conflict(`${row.name} is used by a data mapping; change or delete that first.`);
    await deleteTraitValues(tx, ref.storeId, row.name);
    await deleteTraitGroupRow(tx, ref.storeId, row.name);
    return completeOperation(tx, context, {
      ...ref,
      api: 'memory',
      kind: 'traitGroup.delete',
      resultId: row.name,
    });
  });
}

/** Definitions of a store change one write at a time. */
async function lockGroups(tx: Tx, { db }: WriteContext, storeId: string): Promise<void> {
  await db.lock(tx, `trait-groups:${storeId}`);
}

/** The traits that identify a customer out of the box cannot go, or feed something else. */
function assertUnprotected(
  { name: group }: TraitGroupRow,
  name: string,
  before: TraitDefinition | undefined,
  after: TraitDefinition | undefined,
): void {
  if (group !== contactGroup.name || before?.idTypePromotion === undefined) return;
  const isKept = after?.dataType === before.dataType && after.idTypePromotion === before.idTypePromotion;
  const isBuiltIn = Object.hasOwn(contactGroup.traits, name);
  if (isBuiltIn && !isKept) throw errors.protectedTrait(`${group}.${name}`);
}

/** Not too many, and those that the request defines are possible. The others were, when they were defined. */
async function assertUsable(
  reader: Reader,
  storeId: string,
  definitions: TraitDefinitions,
  defined: readonly string[],
): Promise<void> {
  if (Object.keys(definitions).length > traitsMax) throw errors.tooManyTraits(traitsMax);
  const { identifierConfigs } = await getIdentitySettings(reader, storeId);
  const idTypes = identifierConfigs.map(({ idType }) => idType);
  for (const name of defined) {
    const definition = definitions[name];
    if (definition) assertPossible(`traits.${name}`, definition, idTypes);
  }
}

function assertPossible(
  member: string,
  { dataType, idTypePromotion, validationRule }: TraitDefinition,
  idTypes: readonly string[],
): void {
  const problem = validationRule && findRuleProblem(validationRule, dataType);
  if (problem) throw errors.invalid(`${member}.validationRule`, problem);
  if (idTypePromotion === undefined) return;
  if (!idTypes.includes(idTypePromotion)) {
    throw errors.invalid(
      `${member}.idTypePromotion`,
      `${idTypePromotion} is not an identifier type of this store`,
    );
  }
  if (dataType !== 'STRING' && dataType !== 'NUMBER')
    throw errors.invalid(`${member}.idTypePromotion`, 'needs a STRING or NUMBER trait');
}

/** A trait keeps its data type as long as profiles have values of it. */
async function assertTypesFree(
  reader: Reader,
  { store_id, name: group }: TraitGroupRow,
  changed: readonly string[],
  before: TraitDefinitions,
  after: TraitDefinitions,
): Promise<void> {
  for (const name of changed) {
    if (before[name]?.dataType === after[name]?.dataType) continue;
    if (await hasTraitValues(reader, store_id, group, name)) {
      throw errors.conflict(`traits.${name}.dataType: profiles have values of this trait; remove it first`);
    }
  }
}

function finish(tx: Tx, context: WriteContext, row: TraitGroupRow, kind: string): Promise<Operation> {
  return completeOperation(tx, context, {
    accountId: row.account_id,
    api: 'memory',
    kind,
    resultId: row.name,
    resultPath: `/v1/ControlPlane/Stores/${row.store_id}/TraitGroups/${encodeURIComponent(row.name)}`,
  });
}
