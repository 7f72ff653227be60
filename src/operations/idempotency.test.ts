import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../runtime/clock.ts';
import { createIds } from '../runtime/ids.ts';
import { type Database, openDatabase } from '../storage/index.ts';
import { once, readIdempotency } from './idempotency.ts';
import { completeOperation, type Idempotency, type Operation } from './operation.ts';

const dayMs = 24 * 60 * 60_000;
const request = {
  headers: {},
  method: 'POST',
  url: '/v2/ControlPlane/Configurations',
  body: { displayName: 'a' },
};

let folder: string;
let db: Database;
let clock: VirtualClock;
let runs: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rapport-idempotency-'));
  db = await openDatabase({ sqliteFile: join(folder, 'rapport.db') });
  clock = new VirtualClock();
  runs = 0;
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

/** A write that counts how often it is made. */
function write(idempotency: Idempotency | undefined, accountId = 'AC1'): Promise<Operation> {
  return db.transaction((tx) =>
    once(tx, { db, clock }, { accountId, idempotency }, () => {
      runs += 1;
      const context = { clock, ids: createIds(clock) };
      return completeOperation(tx, context, { accountId, api: 'conversations', kind: 'test', idempotency });
    }),
  );
}

function withKey(key: string, change: Partial<typeof request> = {}): Idempotency {
  const idempotency = readIdempotency({ ...request, ...change, headers: { 'idempotency-key': key } });
  if (!idempotency) throw new Error('a key was given');
  return idempotency;
}

describe('a write with an idempotency key', () => {
  it('is made once, and a repeat is answered with the first operation', async () => {
    const key = withKey(randomUUID());
    const first = await write(key);
    clock.moveTo(clock.now() + dayMs - 1);
    expect(await write(key)).toEqual(first);
    expect(runs).toBe(1);
  });

  it('is made once when it is sent several times at once', async () => {
    const key = withKey(randomUUID());
    const operations = await Promise.all(Array.from({ length: 10 }, () => write(key)));
    expect(new Set(operations.map(({ id }) => id)).size).toBe(1);
    expect(runs).toBe(1);
  });

  it('is made again after 24 hours', async () => {
    const key = withKey(randomUUID());
    const first = await write(key);
    clock.moveTo(clock.now() + dayMs);
    const second = await write(key);
    expect(second.id).not.toBe(first.id);
    expect(await write(key)).toEqual(second);
  });

  it('is refused when the key was used for another request', async () => {
    const key = randomUUID();
    await write(withKey(key));
    const conflict = expect.objectContaining({ kind: 'conflict' });
    await expect(write(withKey(key, { body: { displayName: 'b' } }))).rejects.toEqual(conflict);
    await expect(write(withKey(key, { method: 'PUT' }))).rejects.toEqual(conflict);
    await expect(write(withKey(key, { url: '/v2/Conversations' }))).rejects.toEqual(conflict);
    expect(runs).toBe(1);
  });

  it('is another write in another account', async () => {
    const key = withKey(randomUUID());
    const [mine, theirs] = [await write(key, 'AC1'), await write(key, 'AC2')];
    expect(theirs.id).not.toBe(mine.id);
  });

  it('can be made after one that failed', async () => {
    const key = withKey(randomUUID());
    const failing = db.transaction((tx) =>
      once(tx, { db, clock }, { accountId: 'AC1', idempotency: key }, () => Promise.reject(new Error('no'))),
    );
    await expect(failing).rejects.toThrow('no');
    await write(key);
    expect(runs).toBe(1);
  });

  it('is made every time without a key', async () => {
    await write(undefined);
    await write(undefined);
    expect(runs).toBe(2);
  });
});

describe('an idempotency key', () => {
  it('is a UUID of any version, in either case', () => {
    const key = randomUUID();
    expect(withKey(key.toUpperCase())).toEqual(withKey(key));
  });

  it('may be absent', () => {
    expect(readIdempotency(request)).toBeUndefined();
  });

  it.each(['', 'key', '0'.repeat(32), `${randomUUID()}0`, `{${randomUUID()}}`])('is not %j', (key) => {
    expect(() => withKey(key)).toThrow('Idempotency-Key: must be a UUID');
  });

  it('belongs to a body whatever its parameters are', () => {
    const key = randomUUID();
    expect(withKey(key, { url: `${request.url}?a=1` })).toEqual(withKey(key));
  });
});
