import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../runtime/clock.ts';
import { type Database, openDatabase } from '../storage/index.ts';
import { createApiKey, createAuthenticate, loadRootAccount, revokeApiKey } from './index.ts';

const root = { sid: 'AC00000000000000000000000000000001', authToken: '0123456789abcdef' };
const clock = new VirtualClock();

let folder: string;
let db: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rapport-accounts-'));
  db = await openDatabase({ sqliteFile: join(folder, 'rapport.db') });
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

describe('credentials', () => {
  it('of the root account are those of the root account', async () => {
    const authenticate = createAuthenticate(db, root);
    expect(await authenticate(root.sid, root.authToken)).toEqual({ id: root.sid, isRoot: true });
    expect(await authenticate(root.sid, 'wrong')).toBeUndefined();
    expect(await authenticate(root.sid.toLowerCase(), root.authToken)).toBeUndefined();
  });

  it('of a key are those of its account, and not those of root', async () => {
    const key = await createApiKey({ db, clock }, { accountId: 'AC2', name: 'test' });
    const authenticate = createAuthenticate(db, root);
    for (const _again of [1, 2]) {
      expect(await authenticate(key.sid, key.secret)).toEqual({ id: 'AC2', isRoot: false });
      expect(await authenticate(key.sid, `${key.secret}x`)).toBeUndefined();
    }
  });

  it('of a revoked key are refused also where they were just accepted', async () => {
    const key = await createApiKey({ db, clock }, { accountId: 'AC2', name: 'test' });
    const authenticate = createAuthenticate(db, root);
    expect(await authenticate(key.sid, key.secret)).toBeDefined();
    expect(await revokeApiKey({ db, clock }, key.sid)).toBe(true);
    expect(await authenticate(key.sid, key.secret)).toBeUndefined();
    expect(await revokeApiKey({ db, clock }, key.sid)).toBe(false);
  });

  it('are not in the database', async () => {
    const key = await createApiKey({ db, clock }, { accountId: 'AC2', name: 'test' });
    const rows = await db.reader.selectFrom('api_keys').selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(key.secret);
  });
});

describe('the root account', () => {
  const load = () => loadRootAccount({ rootAccount: undefined, dataDir: folder });

  it('is made once, in a file for its owner only', () => {
    const made = load();
    expect(made).toMatchObject({ isNew: true, sid: expect.stringMatching(/^AC[0-9a-f]{32}$/) });
    expect(load()).toEqual({ ...made, isNew: false });
    expect(statSync(join(folder, 'credentials.json')).mode & 0o777).toBe(0o600);
  });

  it('is the configured one where there is one', () => {
    load();
    expect(loadRootAccount({ rootAccount: root, dataDir: folder })).toEqual({ ...root, isNew: false });
  });

  it.each([
    '{}',
    '{"accountSid":"AC1"}',
    '{"accountSid":1,"authToken":2}',
    'null',
    'not JSON',
    '',
  ])('is not made anew over a file that holds %j', (text) => {
    writeFileSync(join(folder, 'credentials.json'), text);
    expect(load).toThrow('does not hold an accountSid and an authToken');
  });
});
