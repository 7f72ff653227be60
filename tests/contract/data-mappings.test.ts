import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createStore, finishedResultId, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let storeId: string;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  storeId = await createStore(client, 'data-mappings');
});
afterAll(() => server.stop());

const datasetId = 'tdi_dataset_00000000000000000000000001';
const fromIngress = { type: 'INGRESS', columns: ['mail', 'given_name'] };
const toEmail = {
  type: 'TRAITS',
  mappings: [{ expression: 'mail', traitGroup: 'Contact', traitName: 'email' }],
};

/** The SDK's types ask for class instances; it sends plain objects just as well. */
async function createMapping(displayName: string, changes: Record<string, unknown> = {}): Promise<string> {
  const draft = { displayName, mappingFrom: fromIngress, mappingTo: toEmail, ...changes };
  const accepted = await client.memory.v1.dataMappings(storeId).create(draft as never);
  return finishedResultId(client, accepted.statusUrl);
}

const itemOf = (id: string) => client.memory.v1.dataMappings(storeId, id);

describe('data mappings through the SDK', () => {
  it('creates a mapping that is enabled and has version 1', async () => {
    const id = await createMapping('created', { description: 'From the web form' });
    expect(await itemOf(id).fetch()).toMatchObject({
      id,
      displayName: 'created',
      description: 'From the web form',
      isEnabled: true,
      mappingFrom: fromIngress,
      version: 1,
    });
  });

  it.each(['DATASET', 'DATASET_CLOUDAPP', 'DATASET_WAREHOUSE'])('takes a source of type %s', async (type) => {
    const id = await createMapping(`from-${type}`, { mappingFrom: { type, datasetId } });
    expect((await itemOf(id).fetch()).mappingFrom).toEqual({ type, datasetId });
  });

  it('answers both names of the source field when one was sent', async () => {
    const target = { traitGroup: 'Contact', traitName: 'email' };
    const sent = [
      { fieldName: 'old', ...target },
      { expression: 'new', ...target },
      { fieldName: 'old', expression: 'new', ...target },
    ];
    const id = await createMapping('names', { mappingTo: { type: 'TRAITS', mappings: sent } });
    expect((await itemOf(id).fetch()).mappingTo).toEqual({
      type: 'TRAITS',
      mappings: [
        { fieldName: 'old', expression: 'old', ...target },
        { fieldName: 'new', expression: 'new', ...target },
        { fieldName: 'old', expression: 'new', ...target },
      ],
    });
  });

  it('lists mappings newest first, all or those of one type of source', async () => {
    const older = await createMapping('older');
    const newer = await createMapping('newer', { mappingFrom: { type: 'DATASET_WAREHOUSE', datasetId } });
    const all = (await client.memory.v1.dataMappings(storeId).list()).map(({ id }) => id);
    expect(all.indexOf(newer)).toBeLessThan(all.indexOf(older));
    const ingress = await client.memory.v1.dataMappings(storeId).list({ type: 'INGRESS' });
    const ids = ingress.map(({ id }) => id);
    expect(ids).toContain(older);
    expect(ids).not.toContain(newer);
  });

  it('changes what is given, and raises the version', async () => {
    const id = await createMapping('changing');
    const mappingTo = {
      type: 'TRAITS',
      mappings: [{ expression: 'given_name', traitGroup: 'Contact', traitName: 'firstName' }],
    };
    await itemOf(id).patch({ mappingTo } as never);
    await itemOf(id).patch({ isEnabled: false } as never);
    const changed = await itemOf(id).fetch();
    expect(changed).toMatchObject({ displayName: 'changing', isEnabled: false, version: 3 });
    expect(changed.mappingTo?.mappings).toEqual([{ ...mappingTo.mappings[0], fieldName: 'given_name' }]);
  });

  it('refuses a change with 412 and code 520043 when If-Match names another version', async () => {
    const id = await createMapping('guarded');
    await itemOf(id).patch({ description: 'version 2' } as never);
    const change = itemOf(id).patch({ description: 'version 3' } as never, { 'If-Match': '"another"' });
    await expect(change).rejects.toMatchObject({ status: 412, code: 520043 });
    expect((await itemOf(id).fetch()).description).toBe('version 2');
  });

  it('refuses a name that is taken with 409 and code 520056, on creation and on change', async () => {
    await createMapping('taken');
    const id = await createMapping('free');
    await expect(createMapping('taken')).rejects.toMatchObject({ status: 409, code: 520056 });
    await expect(itemOf(id).patch({ displayName: 'taken' } as never)).rejects.toMatchObject({
      status: 409,
      code: 520056,
    });
    await itemOf(id).patch({ displayName: 'free' } as never);
  });

  it.each([
    ['a group that does not exist', 'Nowhere', 'email'],
    ['a trait that does not exist', 'Contact', 'shoeSize'],
  ])('refuses %s with 400 and code 520046', async (_what, traitGroup, traitName) => {
    const mappingTo = { type: 'TRAITS', mappings: [{ expression: 'mail', traitGroup, traitName }] };
    await expect(createMapping('bad', { mappingTo })).rejects.toMatchObject({ status: 400, code: 520046 });
    const id = await createMapping(`good-${traitGroup}`);
    await expect(itemOf(id).patch({ mappingTo } as never)).rejects.toMatchObject({ status: 400 });
  });

  it('deletes a mapping for good', async () => {
    const id = await createMapping('short-lived');
    await itemOf(id).remove();
    await expect(itemOf(id).fetch()).rejects.toMatchObject({ status: 404, code: 520048 });
    await expect(itemOf(id).remove()).rejects.toMatchObject({ status: 404, code: 520048 });
  });

  it('keeps a trait group from being deleted while a mapping writes to it', async () => {
    await client.memory.v1.traitGroups(storeId).create({
      displayName: 'Shop',
      traits: { size: { dataType: 'NUMBER' } },
    } as never);
    const mappingTo = {
      type: 'TRAITS',
      mappings: [{ expression: 'size', traitGroup: 'Shop', traitName: 'size' }],
    };
    const id = await createMapping('shop', { mappingTo });
    const group = client.memory.v1.traitGroups(storeId, 'Shop');
    await expect(group.remove()).rejects.toMatchObject({ status: 409 });
    await itemOf(id).remove();
    await group.remove();
  });

  it('is gone with its store', async () => {
    const other = await createStore(client, 'with-a-mapping');
    const draft = { displayName: 'inside', mappingFrom: fromIngress, mappingTo: toEmail };
    const accepted = await client.memory.v1.dataMappings(other).create(draft as never);
    const id = await finishedResultId(client, accepted.statusUrl);
    await client.memory.v1.stores(other).remove();
    await expect(client.memory.v1.dataMappings(other, id).fetch()).rejects.toMatchObject({
      status: 404,
      code: 520041,
    });
  });
});
