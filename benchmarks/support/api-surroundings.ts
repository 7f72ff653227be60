import type { CompiledServer } from './compiled-server.ts';
import { openConnection } from './connection.ts';
import { inventTurn, seededChance } from './invented-dialogue.ts';

const profilesAtOnce = 1000;
const idsOnPage = 100;
const observationsEach = 10;
const connections = 16;
const occurredAt = '2026-01-05T10:00:00Z';

/** Profiles of ten observations each that nobody asks for, made through the API. */
export async function fillAround(server: CompiledServer, storeId: string, profiles: number): Promise<void> {
  const path = `/v1/Stores/${storeId}/Profiles`;
  for (let done = 0; done < profiles; done += profilesAtOnce) {
    const batch = Array.from({ length: Math.min(profilesAtOnce, profiles - done) }, (_, at) => ({
      traits: { Contact: { email: `around-${done + at}@example.com`, firstName: `Name ${at}` } },
    }));
    await server.call('PUT', `${path}/Bulk`, { profiles: batch });
  }
  if (profiles > 0) await observeAll(server, path);
}

async function observeAll(server: CompiledServer, path: string): Promise<void> {
  const chance = seededChance(5);
  const ids = idsOf(server, path);
  const observe = async () => {
    const connection = await openConnection(server.url, server.authorization);
    for await (const id of ids) {
      const observations = Array.from({ length: observationsEach }, (_, at) => ({
        content: inventTurn(chance, at),
        source: 'bench',
        occurredAt,
      }));
      await connection.send('POST', `${path}/${id}/Observations`, JSON.stringify({ observations }));
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, observe));
  process.stderr.write('the profiles around are filled\n');
}

async function* idsOf(server: CompiledServer, path: string): AsyncGenerator<string> {
  let query = `pageSize=${idsOnPage}`;
  while (query) {
    const page: { profiles: string[]; meta: { nextToken?: string } } = await server.call(
      'GET',
      `${path}?${query}`,
    );
    yield* page.profiles;
    const { nextToken } = page.meta;
    query = nextToken ? `pageSize=${idsOnPage}&pageToken=${encodeURIComponent(nextToken)}` : '';
  }
}
