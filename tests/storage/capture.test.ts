import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { createCaptureBooks } from '../../src/conversations/capture/capture-book.ts';
import {
  addOwnedAddresses,
  listOwnedAddresses,
  recogniseOwn,
  removeOwnedAddress,
  toConfiguredAddresses,
} from '../../src/conversations/capture/owned-address.ts';
import {
  createConfiguration,
  deleteConfiguration,
  patchConfiguration,
} from '../../src/conversations/configurations/configuration.ts';
import type { ConfigurationSettings } from '../../src/conversations/configurations/index.ts';
import { VirtualClock } from '../../src/runtime/clock.ts';
import { createIds } from '../../src/runtime/ids.ts';
import type { Database } from '../../src/storage/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { accountId, storeRow } from '../support/rows.ts';

const clock = new VirtualClock(Date.UTC(2026, 0, 1));
const other = 'AC00000000000000000000000000000002';
const [ours, theirs, stranger] = ['+12025550100', '+12025550123', '+12025550177'] as const;

const settings = (captureRules: ConfigurationSettings['channelSettings'][string]['captureRules'] = []) =>
  ({ channelSettings: { SMS: { captureRules } } }) as unknown as ConfigurationSettings;

describeOnEachDatabase('owned addresses', (databases) => {
  const configured = toConfiguredAddresses(accountId, ['+12025550190']);
  const recognise = (
    db: Database,
    addresses: readonly string[],
    { account = accountId, rules = settings(), isTold = false } = {},
  ) => recogniseOwn(db.reader, configured, { accountId: account, settings: rules }, { addresses, isTold });

  it('are kept once, as they were written first, and recognised however they are written', async () => {
    const db = await databases.open();
    await addOwnedAddresses({ db, clock }, accountId, [ours, 'whatsapp:+12025550101', 'shop']);
    await addOwnedAddresses({ db, clock }, accountId, ['+1 202 555 0100', '55555', '55555']);
    const kept = await listOwnedAddresses(db.reader, accountId);
    expect(kept.map(({ address }) => address).sort()).toEqual(
      [ours, '55555', 'shop', 'whatsapp:+12025550101'].sort(),
    );
    expect(await recognise(db, ['whatsapp:+1 (202) 555-0100', theirs])).toEqual([true, false]);
    expect(await recognise(db, [theirs, '+12025550101'])).toEqual([false, true]);
    expect(await recognise(db, ['rcs:shop', theirs])).toEqual([true, false]);
    expect(await removeOwnedAddress({ db }, accountId, 'whatsapp:2025550100')).toBe(true);
    expect(await removeOwnedAddress({ db }, accountId, ours)).toBe(false);
    expect(await recognise(db, [ours, theirs])).toEqual([false, false]);
  });

  it('are those of their account', async () => {
    const db = await databases.open();
    await addOwnedAddresses({ db, clock }, accountId, [ours]);
    expect(await recognise(db, [ours, theirs], { account: other })).toEqual([false, false]);
    expect(await recognise(db, ['+12025550190', theirs])).toEqual([true, false]);
    expect(await recognise(db, ['+12025550190', theirs], { account: other })).toEqual([false, false]);
    expect(await listOwnedAddresses(db.reader, other)).toEqual([]);
    expect(await removeOwnedAddress({ db }, other, ours)).toBe(false);
  });

  it('are found in rules only where nothing better tells the sides apart', async () => {
    const db = await databases.open();
    const rules = settings([
      { from: theirs, to: ours },
      { from: '*', to: ours },
    ]);
    expect(await recognise(db, [stranger, ours], { rules })).toEqual([false, true]);
    expect(await recognise(db, [theirs, ours], { rules })).toEqual([true, true]);
    expect(await recognise(db, [theirs, ours], { rules, isTold: true })).toEqual([false, false]);
    await addOwnedAddresses({ db, clock }, accountId, [ours]);
    expect(await recognise(db, [theirs, ours], { rules })).toEqual([false, true]);
  });
});

describeOnEachDatabase('books of capture rules', (databases) => {
  const subject = { channel: 'SMS', from: theirs, to: [ours], metadata: {} } as const;
  const draft = (to: string) => ({
    displayName: `to ${to.slice(1)}`,
    conversationGroupingType: 'GROUP_BY_PROFILE' as const,
    memoryStoreId: 'store',
    channelSettings: { SMS: { captureRules: [{ from: '*', to }] } },
  });

  it('say in every process what is configured now', async () => {
    const db = await databases.open();
    const context = { db, clock, ids: createIds(clock), limits: loadConfig({}).limits };
    await db.transaction(
      async (tx) => void (await tx.insertInto('stores').values(storeRow('store')).execute()),
    );
    const write = { accountId, idempotency: undefined };
    const books = [createCaptureBooks(), createCaptureBooks()];
    const captured = async (account = accountId) => {
      const found = [];
      for (const kept of books) found.push((await kept.open(db.reader, account)).capturing(subject).length);
      return found;
    };
    expect(await captured()).toEqual([0, 0]);
    const { resultId = '' } = await createConfiguration(context, write, draft(ours));
    expect(await captured()).toEqual([1, 1]);
    await createConfiguration(context, write, draft('*'));
    expect(await captured()).toEqual([2, 2]);
    const id = String(resultId);
    await patchConfiguration(context, write, id, { channelSettings: { SMS: null } });
    expect(await captured()).toEqual([1, 1]);
    await patchConfiguration(context, write, id, { channelSettings: draft(ours).channelSettings });
    expect(await captured()).toEqual([2, 2]);
    await deleteConfiguration(context, write, id);
    expect(await captured()).toEqual([1, 1]);
    expect(await captured(other)).toEqual([0, 0]);
  });

  it('are read again only after a write', async () => {
    const db = await databases.open();
    const books = createCaptureBooks();
    const before = await books.open(db.reader, accountId);
    expect(await books.open(db.reader, accountId)).toBe(before);
    await db
      .transaction(async (tx) => {
        await tx.insertInto('configuration_stamps').values({ account_id: accountId, stamp: '1' }).execute();
        expect(await books.open(tx, accountId)).not.toBe(before);
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    expect((await books.open(db.reader, accountId)).capturing(subject)).toEqual([]);
  });
});
