import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres-server.ts';

interface Contact {
  readonly email?: string;
  readonly phone?: string;
  readonly city?: string;
}

const email = fc.integer({ min: 1, max: 12 }).map((number) => `customer.${number}@example.com`);
const phone = fc.integer({ min: 10, max: 21 }).map((number) => `+120255501${number}`);
const city = fc.constantFrom('Springfield', 'Shelbyville');
const contact: fc.Arbitrary<Contact> = fc.oneof(
  fc.record({ email, city }),
  fc.record({ phone, city }),
  fc.record({ email, phone }),
);
/** What is there already, and what comes in one call. */
const stories = fc.record({
  before: fc.array(contact, { maxLength: 6 }),
  call: fc.array(contact, { minLength: 1, maxLength: 14 }),
});

describeServer('SQLite', 15);
describeServer('PostgreSQL', 8);

function describeServer(engine: 'SQLite' | 'PostgreSQL', numRuns: number): void {
  describe.skipIf(engine === 'PostgreSQL' && whyNoPostgres)(`a bulk upsert on ${engine}`, () => {
    let postgres: PostgresServer | undefined;
    let server: TestServer;
    let count = 0;
    beforeAll(async () => {
      postgres = engine === 'PostgreSQL' ? await startPostgres() : undefined;
      const env: Record<string, string> = postgres ? { DATABASE_URL: await postgres.createDatabase() } : {};
      server = await startTestServer({ env: { ...env, RAPPORT_STORES_MAX: '1000' } });
    });
    afterAll(async () => {
      await server?.stop();
      await postgres?.stop();
    });

    const send = async <T>(method: string, path: string, body?: object): Promise<T> => {
      const answer = await server.request(method, path, body);
      expect(answer.status).toBeLessThan(300);
      // The caller knows what it asked for.
      return answer.body as T;
    };

    async function createStore(): Promise<string> {
      count += 1;
      const stores = '/v1/ControlPlane/Stores';
      const { statusUrl } = await send<{ statusUrl: string }>('POST', stores, {
        displayName: `bulk-${count}`,
      });
      const { result } = await send<{ result: { id: string } }>('GET', new URL(statusUrl).pathname);
      return `/v1/Stores/${result.id}/Profiles`;
    }

    async function createEach(path: string, contacts: readonly Contact[]): Promise<void> {
      for (const traits of contacts) await send('POST', path, { traits: { Contact: traits } });
    }

    /** Everybody with traits and identifiers, whatever the ids. */
    async function people(path: string): Promise<string[]> {
      const { profiles } = await send<{ profiles: string[] }>('GET', `${path}?pageSize=1000`);
      const each = profiles.map(async (id) => {
        const { traits } = await send<{ traits: object }>('GET', `${path}/${id}`);
        const { identifiers } = await send<{ identifiers: object[] }>('GET', `${path}/${id}/Identifiers`);
        return JSON.stringify([traits, identifiers]);
      });
      return (await Promise.all(each)).toSorted();
    }

    it('leaves what the same creates leave, one after the other', async () => {
      const property = fc.asyncProperty(stories, async ({ before, call }) => {
        const [one, many] = [await createStore(), await createStore()];
        await createEach(one, [...before, ...call]);
        await createEach(many, before);
        const profiles = call.map((traits) => ({ traits: { Contact: traits } }));
        await send('PUT', `${many}/Bulk`, { profiles });
        expect(await people(many)).toEqual(await people(one));
      });
      await fc.assert(property, { numRuns, seed: 11 });
    });
  });
}
