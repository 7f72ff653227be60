import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';
import { type ColumnMapping, phoneAndName } from '../support/imports.ts';

let server: TestServer;
let storeId: string;
let storeCount = 0;

beforeAll(async () => {
  server = await startTestServer({ env: { RAPPORT_STORES_MAX: '1000' } });
  storeId = await createStore();
});
afterAll(() => server.stop());

async function createStore(): Promise<string> {
  storeCount += 1;
  const draft = { displayName: `imports-${storeCount}` };
  expect((await server.request('POST', '/v1/ControlPlane/Stores', draft)).status).toBe(202);
  const { body } = await server.request('GET', '/v1/ControlPlane/Stores?pageSize=1');
  return (body as { stores: [string] }).stores[0];
}

interface Started {
  readonly importId: string;
  readonly url: string;
}

interface Import {
  readonly status: string;
  readonly updatedAt: string;
  readonly summary: { readonly errors: number; readonly warnings: number };
  readonly failureReason?: string;
}

const importsOf = (id = storeId) => `/v1/Stores/${id}/Profiles/Imports`;

async function start(
  columnMappings: readonly ColumnMapping[] = phoneAndName,
  { fileSize = 10_000_000, store = storeId }: { fileSize?: number; store?: string } = {},
): Promise<Started> {
  const draft = { filename: 'customers.csv', fileSize, columnMappings };
  const reply = await server.request('POST', importsOf(store), draft);
  expect(reply.status).toBe(201);
  return reply.body as Started;
}

async function put(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, { method: 'PUT', body, headers });
  return { status: response.status, body: await response.json() };
}

async function fetchImport({ importId }: Started, store = storeId): Promise<Import> {
  return (await server.request('GET', `${importsOf(store)}/${importId}`)).body as Import;
}

/** The import of a file, when all is done. */
async function imported(
  csv: string | Uint8Array<ArrayBuffer>,
  columnMappings?: readonly ColumnMapping[],
  store?: string,
): Promise<Import> {
  const started = await start(columnMappings, store === undefined ? {} : { store });
  expect((await put(started.url, csv)).status).toBe(200);
  await server.idle();
  return fetchImport(started, store);
}

async function idsOf(idType: string, value: string, store = storeId): Promise<string[]> {
  const reply = await server.request('POST', `/v1/Stores/${store}/Profiles/Lookup`, { idType, value });
  return (reply.body as { profiles: string[] }).profiles;
}

async function traitsOf(idType: string, value: string, store = storeId): Promise<Record<string, unknown>> {
  const [id] = await idsOf(idType, value, store);
  const reply = await server.request('GET', `/v1/Stores/${store}/Profiles/${id}`);
  return (reply.body as { traits: Record<string, unknown> }).traits;
}

const phoneAt = (number: number) => `+1202555${String(100 + number).padStart(4, '0')}`;
const mapping = (columnName: string, traitName: string, traitGroup = 'Contact') => ({
  columnName,
  traitGroup,
  traitName,
});

describe('an upload URL', () => {
  it('is on the origin that the caller used', async () => {
    const reply = await server.request(
      'POST',
      importsOf(),
      { filename: 'a.csv', fileSize: 10, columnMappings: phoneAndName },
      { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'memory.example.com' },
    );
    expect((reply.body as Started).url).toMatch(/^https:\/\/memory\.example\.com\/rapport\/v1\/uploads\//);
  });

  it.each([
    'text/csv',
    'application/json',
    'application/octet-stream',
    '',
  ])('takes a file of type %j without credentials, and answers with an empty object', async (type) => {
    const { url } = await start();
    const csv = `phone,name\n${phoneAt(0)},Ada\n`;
    expect(await put(url, csv, { 'Content-Type': type })).toEqual({ status: 200, body: {} });
    await server.idle();
  });

  it('takes a compressed file', async () => {
    const started = await start();
    const csv = new Uint8Array(gzipSync(`phone,name\n${phoneAt(1)},Zipped\n`));
    expect((await put(started.url, csv, { 'Content-Encoding': 'gzip' })).status).toBe(200);
    await server.idle();
    expect(await traitsOf('phone', phoneAt(1))).toEqual({
      Contact: { phone: phoneAt(1), firstName: 'Zipped' },
    });
  });

  it('is refused with 403 once it was used', async () => {
    const { url } = await start();
    await put(url, 'phone,name\n');
    expect((await put(url, 'phone,name\n')).status).toBe(403);
  });

  it.each([
    ['another key', (url: string) => `${url.slice(0, -1)}${url.endsWith('A') ? 'B' : 'A'}`],
    ['no key', (url: string) => url.split('?')[0] ?? ''],
    ['another import', (url: string) => url.replace(/mem_import_\w{26}/, `mem_import_${'0'.repeat(26)}`)],
    ['another store', (url: string) => url.replace(/mem_store_\w{26}/, `mem_store_${'0'.repeat(26)}`)],
  ])('is refused with 403 when it has %s', async (_what, change) => {
    const started = await start();
    expect((await put(change(started.url), 'phone,name\n')).status).toBe(403);
    expect((await fetchImport(started)).status).toBe('PENDING');
  });

  it('works for an hour, after which it is refused and the import has FAILED', async () => {
    const early = await start();
    await server.advance(59 * 60);
    const late = await start();
    expect((await put(early.url, `phone,name\n${phoneAt(2)},Ada\n`)).status).toBe(200);
    await server.advance(60 * 60);
    expect((await put(late.url, 'phone,name\n')).status).toBe(403);
    expect((await fetchImport(early)).status).toBe('COMPLETED');
    expect(await fetchImport(late)).toMatchObject({
      status: 'FAILED',
      failureReason: 'The file did not arrive within an hour.',
    });
  });

  it('refuses a file that is larger than fileSize with 400, and takes one that fits then', async () => {
    const started = await start(phoneAndName, { fileSize: 100 });
    const tooLarge = `phone,name\n${`${phoneAt(3)},Ada\n`.repeat(200_000)}`;
    expect((await put(started.url, tooLarge)).status).toBe(400);
    expect((await put(started.url, '')).status).toBe(400);
    expect((await fetchImport(started)).status).toBe('PENDING');
    expect((await put(started.url, `phone,name\n${phoneAt(3)},Ada\n`)).status).toBe(200);
    await server.idle();
    expect((await fetchImport(started)).status).toBe('COMPLETED');
  });

  it('takes a file again after one that broke off', async () => {
    const started = await start();
    const controller = new AbortController();
    async function* brokenOff() {
      yield Buffer.from('phone,name\n');
      controller.abort();
      yield Buffer.alloc(10);
    }
    const sent = fetch(started.url, {
      method: 'PUT',
      // The types of fetch do not know async iterables yet, which Node sends as streams.
      body: brokenOff() as unknown as ReadableStream,
      signal: controller.signal,
      duplex: 'half',
    } as RequestInit);
    await expect(sent).rejects.toThrow();
    expect((await put(started.url, `phone,name\n${phoneAt(4)},Ada\n`)).status).toBe(200);
    await server.idle();
    expect(await idsOf('phone', phoneAt(4))).toHaveLength(1);
  });
});

describe('the start of an import', () => {
  const valid = { filename: 'a.csv', fileSize: 10, columnMappings: phoneAndName };
  it.each([
    ['one mapping', { columnMappings: [mapping('phone', 'phone')] }],
    ['101 mappings', { columnMappings: Array(101).fill(mapping('phone', 'phone')) }],
    ['an empty file', { fileSize: 0 }],
    ['more than 100 MiB', { fileSize: 104_857_601 }],
    ['a file name of 256 characters', { filename: 'a'.repeat(256) }],
    [
      'a column name of 65 characters',
      { columnMappings: [mapping('a'.repeat(65), 'phone'), mapping('b', 'city')] },
    ],
    [
      'a trait group that is not defined',
      { columnMappings: [mapping('phone', 'phone'), mapping('b', 'c', 'Nowhere')] },
    ],
    [
      'a trait that is not defined',
      { columnMappings: [mapping('phone', 'phone'), mapping('b', 'shoeSize')] },
    ],
    ['a trait that is mapped twice', { columnMappings: [mapping('phone', 'phone'), mapping('b', 'phone')] }],
    ['no identifier', { columnMappings: [mapping('a', 'firstName'), mapping('b', 'city')] }],
    ['no identifier but chat', { columnMappings: [mapping('a', 'chat'), mapping('b', 'city')] }],
  ])('is refused with 400 when it has %s', async (_what, changes) => {
    const reply = await server.request('POST', importsOf(), { ...valid, ...changes });
    expect(reply).toMatchObject({ status: 400, body: { code: 400 } });
  });

  it('is refused with 404 and code 520041 in a store that does not exist', async () => {
    const reply = await server.request('POST', importsOf(`mem_store_${'0'.repeat(26)}`), valid);
    expect(reply).toMatchObject({ status: 404, body: { code: 520041 } });
  });
});

describe('a row', () => {
  it('updates the profile that its identifier names, and merges those that it unites', async () => {
    const store = await createStore();
    const contact = (traits: object) =>
      server.request('POST', `/v1/Stores/${store}/Profiles`, { traits: { Contact: traits } });
    await contact({ phone: phoneAt(10), city: 'Springfield' });
    await contact({ phone: phoneAt(11), city: 'Shelbyville' });
    await contact({ email: 'b@example.com', firstName: 'Bob' });
    const mappings = [mapping('phone', 'phone'), mapping('mail', 'email'), mapping('name', 'lastName')];
    const csv = ['phone,mail,name', `${phoneAt(10)},a@example.com,One`, `${phoneAt(11)},b@example.com,Two`];
    expect(await imported(csv.join('\n'), mappings, store)).toMatchObject({ status: 'COMPLETED' });
    expect(await traitsOf('email', 'a@example.com', store)).toEqual({
      Contact: { phone: phoneAt(10), email: 'a@example.com', city: 'Springfield', lastName: 'One' },
    });
    expect(await traitsOf('email', 'b@example.com', store)).toEqual({
      Contact: {
        phone: phoneAt(11),
        email: 'b@example.com',
        city: 'Shelbyville',
        firstName: 'Bob',
        lastName: 'Two',
      },
    });
    const { body } = await server.request('GET', `/v1/Stores/${store}/Profiles`);
    expect((body as { profiles: string[] }).profiles).toHaveLength(2);
  });

  it('ends in one profile with the others that share a value, the last one winning', async () => {
    const store = await createStore();
    const mappings = [mapping('phone', 'phone'), mapping('mail', 'email'), mapping('name', 'firstName')];
    const csv = [
      'phone,mail,name',
      `${phoneAt(12)},,First`,
      `${phoneAt(13)},c@example.com,Second`,
      `${phoneAt(12)},c@example.com,Third`,
      `${phoneAt(14)},,Alone`,
    ];
    expect(await imported(csv.join('\n'), mappings, store)).toMatchObject({ status: 'COMPLETED' });
    const [id] = await idsOf('phone', phoneAt(12), store);
    expect(await idsOf('phone', phoneAt(13), store)).toEqual([id]);
    expect(await traitsOf('phone', phoneAt(12), store)).toMatchObject({ Contact: { firstName: 'Third' } });
    expect(await traitsOf('phone', phoneAt(14), store)).toMatchObject({ Contact: { firstName: 'Alone' } });
  });

  it('writes an empty text for an empty cell, removes a trait for \\N, and leaves other columns out', async () => {
    const store = await createStore();
    const traits = { phone: phoneAt(15), city: 'Springfield', state: 'IL', firstName: 'Ada' };
    await server.request('POST', `/v1/Stores/${store}/Profiles`, { traits: { Contact: traits } });
    const mappings = [
      mapping('phone', 'phone'),
      mapping('mail', 'email'),
      mapping('city', 'city'),
      mapping('state', 'state'),
    ];
    const csv = `phone,mail,city,state,firstName\n${phoneAt(15)},,,\\N,Eve\n`;
    expect(await imported(csv, mappings, store)).toMatchObject({ status: 'COMPLETED' });
    expect(await traitsOf('phone', phoneAt(15), store)).toEqual({
      Contact: { phone: phoneAt(15), city: '', firstName: 'Ada' },
    });
  });

  it('is read by the types of its traits', async () => {
    const store = await createStore();
    await server.request('POST', `/v1/ControlPlane/Stores/${store}/TraitGroups`, {
      displayName: 'Shop',
      traits: {
        orders: { dataType: 'NUMBER' },
        member: { dataType: 'BOOLEAN' },
        tags: { dataType: 'ARRAY' },
      },
    });
    const mappings = [
      mapping('phone', 'phone'),
      ...['orders', 'member', 'tags'].map((name) => mapping(name, name, 'Shop')),
    ];
    const csv = `phone,orders,member,tags\n${phoneAt(16)},12.5,true,"[""a"",2]"\n${phoneAt(17)},many,true,[]\n`;
    expect(await imported(csv, mappings, store)).toMatchObject({
      status: 'COMPLETED',
      summary: { errors: 1 },
    });
    expect(await traitsOf('phone', phoneAt(16), store)).toMatchObject({
      Shop: { orders: 12.5, member: true, tags: ['a', 2] },
    });
    expect(await idsOf('phone', phoneAt(17), store)).toEqual([]);
  });

  it('counts as a warning for each cell with odd spaces, which are kept', async () => {
    const done = await imported(`phone,name\n${phoneAt(18)}, Ada  Lovelace \n${phoneAt(19)} ,Bob\n`);
    expect(done).toMatchObject({ status: 'COMPLETED', summary: { errors: 0, warnings: 2 } });
    expect(await traitsOf('phone', phoneAt(18))).toMatchObject({ Contact: { firstName: ' Ada  Lovelace ' } });
  });

  it.each([
    ['it has no identifier', ',Ada'],
    ['its phone number is none', '12,Ada'],
    ['it has too few cells', '+12025550123'],
    ['it has too many cells', '+12025550123,Ada,extra'],
    ['it is not UTF-8', Buffer.from('+12025550123,M\xfcller', 'latin1')],
    ['it holds a NUL character', '+12025550123,A\0da'],
  ])('counts as an error and is skipped when %s', async (_what, row) => {
    const store = await createStore();
    const csv = Buffer.concat(
      [`phone,name\n${phoneAt(20)},Good\n`, row, '\n'].map((part) => Buffer.from(part)),
    );
    const done = await imported(new Uint8Array(csv), phoneAndName, store);
    expect(done).toMatchObject({ status: 'COMPLETED', summary: { errors: 1, warnings: 0 } });
    expect(await idsOf('phone', '+12025550123', store)).toEqual([]);
    expect(await idsOf('phone', phoneAt(20), store)).toHaveLength(1);
  });
});

describe('a file', () => {
  const bad = (count: number) => ',nobody\n'.repeat(count);

  it('is COMPLETED with 99 bad rows, and FAILED with 100, whose good rows stay', async () => {
    const store = await createStore();
    expect(await imported(`phone,name\n${bad(99)}${phoneAt(30)},Ada\n`, phoneAndName, store)).toMatchObject({
      status: 'COMPLETED',
      summary: { errors: 99 },
    });
    expect(await imported(`phone,name\n${bad(100)}${phoneAt(31)},Bob\n`, phoneAndName, store)).toMatchObject({
      status: 'FAILED',
      summary: { errors: 100 },
      failureReason: '100 rows could not be taken.',
    });
    expect(await idsOf('phone', phoneAt(31), store)).toHaveLength(1);
  });

  it.each([
    ['has only empty lines', '\n\n', 'The file has no header.'],
    ['lacks a mapped column', 'phone,nombre\n', 'The header has no column named name.'],
    ['names a column twice', 'phone,name,phone\n', 'Two columns of the file have the same name.'],
    [
      'has 101 columns',
      `phone,name,${Array.from({ length: 99 }, (_, n) => `c${n}`)}\n`,
      'The file has more than 100 columns.',
    ],
    ['leaves a quotation mark open', 'phone,name\n"+12025550123,Ada\n', 'A quotation mark is left open.'],
    ['is UTF-16', Buffer.from('\uFEFFphone,name\n', 'utf16le'), 'The file is not UTF-8.'],
    ['has a header in Latin-1', Buffer.from('phone,name,caf\xe9\n', 'latin1'), 'The file is not UTF-8.'],
  ])('FAILED when it %s', async (_what, csv, failureReason) => {
    expect(await imported(new Uint8Array(Buffer.from(csv)))).toMatchObject({
      status: 'FAILED',
      failureReason,
    });
  });

  it('is read with a byte order mark, CRLF, quoted line ends and columns in another order', async () => {
    const csv = `\uFEFF"name",other,phone\r\n"Ada\r\nLovelace",x,${phoneAt(32)}\r\n`;
    expect(await imported(csv)).toMatchObject({ status: 'COMPLETED', summary: { errors: 0 } });
    expect(await traitsOf('phone', phoneAt(32))).toMatchObject({ Contact: { firstName: 'Ada\r\nLovelace' } });
  });

  it('is COMPLETED without rows', async () => {
    expect(await imported('phone,name\n')).toMatchObject({ status: 'COMPLETED', summary: { errors: 0 } });
  });

  it('may be larger than a chunk', async () => {
    const store = await createStore();
    const filler = 'x'.repeat(1000);
    const rows = Array.from({ length: 3000 }, (_, n) => `customer${n}@example.com,${n} ${filler}`);
    const mappings = [mapping('mail', 'email'), mapping('name', 'firstName')];
    expect(await imported(`mail,name\n${rows.join('\n')}\n`, mappings, store)).toMatchObject({
      status: 'COMPLETED',
      summary: { errors: 0, warnings: 0 },
    });
    for (const n of [0, 1047, 1048, 1049, 2999]) {
      expect(await traitsOf('email', `customer${n}@example.com`, store)).toMatchObject({
        Contact: { firstName: `${n} ${filler}` },
      });
    }
  });
});

describe('imports of a store', () => {
  it('are listed newest first, in pages', async () => {
    const store = await createStore();
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.unshift((await start(phoneAndName, { store })).importId);
    const first = await server.request('GET', `${importsOf(store)}?pageSize=2`);
    expect(first.body).toMatchObject({ imports: ids.slice(0, 2), meta: { key: 'imports', pageSize: 2 } });
    const { nextToken } = (first.body as { meta: { nextToken: string } }).meta;
    const second = await server.request('GET', `${importsOf(store)}?pageSize=2&pageToken=${nextToken}`);
    expect(second.body).toMatchObject({ imports: ids.slice(2) });
  });

  it('are answered with 404 when they are unknown or of another store, and 400 when the id is malformed', async () => {
    const started = await start();
    const other = await createStore();
    expect((await server.request('GET', `${importsOf(other)}/${started.importId}`)).status).toBe(404);
    expect((await server.request('GET', `${importsOf()}/mem_import_${'0'.repeat(26)}`)).status).toBe(404);
    expect((await server.request('GET', `${importsOf()}/mem_import_1`)).status).toBe(400);
  });

  it('go with the store, also while a file is waiting', async () => {
    const store = await createStore();
    const waiting = await start(phoneAndName, { store });
    const uploaded = await start(phoneAndName, { store });
    await put(uploaded.url, `phone,name\n${phoneAt(40)},Ada\n`);
    await server.request('DELETE', `/v1/ControlPlane/Stores/${store}`);
    expect((await put(waiting.url, 'phone,name\n')).status).toBe(403);
    await server.idle();
    await server.advance(3600);
    expect((await server.request('GET', importsOf(store))).status).toBe(404);
  });
});

describe('a row under identity settings of the store', () => {
  const reserved = ['email', 'whatsapp', 'phone', 'chat'];

  async function changeSettings(store: string, configs: object[], matchingRules = reserved): Promise<void> {
    const path = `/v1/ControlPlane/Stores/${store}/IdentityResolutionSettings`;
    const { body } = await server.request('GET', path);
    const { identifierConfigs } = body as { identifierConfigs: { idType: string }[] };
    const changed = new Set(configs.map((config) => (config as { idType: string }).idType));
    const kept = identifierConfigs.filter(({ idType }) => !changed.has(idType));
    const reply = await server.request('PUT', path, {
      identifierConfigs: [...kept, ...configs],
      matchingRules,
    });
    expect(reply.status).toBe(202);
  }

  async function createGroup(store: string, traits: object): Promise<void> {
    const path = `/v1/ControlPlane/Stores/${store}/TraitGroups`;
    expect((await server.request('POST', path, { displayName: 'Shop', traits })).status).toBe(202);
  }

  async function valuesOf(idType: string, email: string, store: string): Promise<string[]> {
    const [id] = await idsOf('email', email, store);
    const path = `/v1/Stores/${store}/Profiles/${id}/Identifiers/${idType}`;
    return ((await server.request('GET', path)).body as { values: string[] }).values;
  }

  it('cuts the values of a type to its limit', async () => {
    const store = await createStore();
    await changeSettings(
      store,
      [{ idType: 'loyalty', limit: 2, limitPolicy: 'fifo' }],
      [...reserved, 'loyalty'],
    );
    await createGroup(store, {
      first: { dataType: 'STRING', idTypePromotion: 'loyalty' },
      second: { dataType: 'STRING', idTypePromotion: 'loyalty' },
      third: { dataType: 'STRING', idTypePromotion: 'loyalty' },
    });
    const mappings = [
      mapping('mail', 'email'),
      ...['first', 'second', 'third'].map((name) => mapping(name, name, 'Shop')),
    ];
    const csv = 'mail,first,second,third\nnew@example.com,n1,n2,n3\nold@example.com,o1,,\n';
    await imported(csv, mappings, store);
    await imported('mail,first,second,third\nold@example.com,,o2,o3\n', mappings, store);
    expect(await valuesOf('loyalty', 'new@example.com', store)).toEqual(['n2', 'n3']);
    expect(await valuesOf('loyalty', 'old@example.com', store)).toEqual(['o2', 'o3']);
  });

  it('is nobody else by a value that many may share', async () => {
    const store = await createStore();
    await changeSettings(store, [{ idType: 'household', enforceUnique: false }], [...reserved, 'household']);
    await createGroup(store, { household: { dataType: 'STRING', idTypePromotion: 'household' } });
    const mappings = [mapping('mail', 'email'), mapping('home', 'household', 'Shop')];
    await imported('mail,home\na@example.com,h1\n', mappings, store);
    await imported('mail,home\nb@example.com,h1\n', mappings, store);
    await imported('mail,home\nc@example.com,h1\n', mappings, store);
    const ids = [];
    for (const name of ['a', 'b', 'c']) ids.push(...(await idsOf('email', `${name}@example.com`, store)));
    expect(new Set(ids).size).toBe(3);
    expect(await idsOf('household', 'h1', store)).toEqual([...ids].sort());
  });

  it('is the profile that a fuzzy value is like', async () => {
    const store = await createStore();
    const fuzzy = { idType: 'fullname', matchingAlgo: 'fuzzy', matchingThreshold: 80 };
    await changeSettings(store, [fuzzy], [...reserved, 'fullname']);
    await createGroup(store, { fullName: { dataType: 'STRING', idTypePromotion: 'fullname' } });
    const mappings = [mapping('mail', 'email'), mapping('name', 'fullName', 'Shop')];
    await imported('mail,name\na@example.com,Augusta Ada Lovelace\n', mappings, store);
    await imported('mail,name\nb@example.com,Augusta Ada Lovelaca\n', mappings, store);
    expect(await idsOf('email', 'b@example.com', store)).toEqual(
      await idsOf('email', 'a@example.com', store),
    );
  });
});
