import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createWorld,
  observationsPerBatch,
  type World,
  type WriteKind,
  writeKinds,
} from '../support/acknowledged-writes.ts';
import { type ChildServer, type ChildServerOptions, startChildServer } from '../support/child-server.ts';
import { seededRandom } from '../support/random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const killsOfEach = 5;
const writersAtOnce = 12;
const acknowledgedBeforeKillMax = 40;
const killDelayMaxMs = 15;
const seed = Number(process.env['RAPPORT_TEST_SEED'] ?? 1);
const seconds = 1000;

interface Acknowledged {
  readonly kind: WriteKind;
  readonly label: string;
  readonly found: string;
}

describe('a server that is killed', () => {
  it(
    `has all that it acknowledged, and nothing by half, after each of ${2 * killsOfEach} kills (RAPPORT_TEST_SEED=${seed})`,
    async () => {
      // Two servers with a data directory each: starting one takes a core, and most of the time.
      await Promise.all([
        surviveKills(temporaryFolder(), 2 * seed),
        surviveKills(temporaryFolder(), 2 * seed + 1),
      ]);
    },
    120 * seconds,
  );
});

async function surviveKills(dataDir: string, ownSeed: number): Promise<void> {
  const random = seededRandom(ownSeed);
  const acknowledged: Acknowledged[] = [];
  let server = await started({ dataDir });
  const world = await createWorld(server);
  for (let kill = 0; kill < killsOfEach; kill += 1) {
    const fresh = await writeUntilKilled(server, world, `k${kill}`, random);
    server = await started({ dataDir });
    await verify(server, world, fresh);
    expectNothingByHalf(dataDir);
    acknowledged.push(...fresh);
  }
  await verify(server, world, acknowledged);
  expect(new Set(acknowledged.map(({ kind }) => kind.name)).size).toBe(writeKinds.length);
}

async function started(options: ChildServerOptions): Promise<ChildServer> {
  const server = await startChildServer(options);
  onTestFinished(() => server.kill());
  return server;
}

/** Writes with many callers at once, kills the server at a random moment, and returns what it had acknowledged by then. */
async function writeUntilKilled(
  server: ChildServer,
  world: World,
  prefix: string,
  random: () => number,
): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  const killAfter = 1 + Math.floor(random() * acknowledgedBeforeKillMax);
  const killDelayMs = random() * killDelayMaxMs;
  let count = 0;
  let isKilled = false;
  const write = async () => {
    count += 1;
    // Never beyond the list: the index is a remainder of its length.
    const kind = writeKinds[count % writeKinds.length] as WriteKind;
    const label = `${prefix}w${count}`;
    acknowledged.push({ kind, label, found: await kind.send(server, world, label) });
    if (acknowledged.length !== killAfter) return;
    setTimeout(() => {
      isKilled = true;
      server.signal('SIGKILL');
    }, killDelayMs);
  };
  const writer = async () => {
    while (!isKilled) {
      await write().catch((error: unknown) => {
        if (!isKilled) throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: writersAtOnce }, writer));
  expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
  return acknowledged;
}

async function verify(
  server: ChildServer,
  world: World,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  await Promise.all(acknowledged.map(({ kind, label, found }) => kind.verify(server, world, label, found)));
}

/** Looks at every row from outside, also at what was written but not acknowledged: each write is there in full or not at all. */
function expectNothingByHalf(dataDir: string): void {
  const file = new Sqlite(join(dataDir, 'rapport.db'), { readonly: true });
  const rows = (query: string) => file.prepare(query).all();
  expect(rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(
    rows(`select id from stores where id not in (select store_id from identity_settings)
      or id not in (select store_id from trait_groups)`),
    'stores without their settings',
  ).toEqual([]);
  expect(
    rows(`select id from profiles where not exists (select 1 from profile_identifiers where profile_id = id)
      or (select count(*) from profile_traits where profile_id = id and name in ('firstName', 'email')) <>
        2 * (select count(*) from profile_identifiers where profile_id = id and id_type = 'email')`),
    'profiles without all of their traits and identifiers',
  ).toEqual([]);
  expect(
    rows(`select substr(content, 1, instr(content, ' number')) as batch, count(*) as count from observations
      where source = 'faults' group by batch having count <> ${observationsPerBatch}`),
    'batches in part',
  ).toEqual([]);
  expect(
    rows(`select id from observations where memory_version >
      coalesce((select version from memory_versions where memory_versions.profile_id = observations.profile_id), 0)`),
    'observations that no search finds',
  ).toEqual([]);
  expect(
    rows(`select id from conversations where
      (select count(*) from participants where conversation_id = conversations.id) <> 2
      or (select count(*) from jobs where dedupe_key = 'conversation-timer:' || conversations.id) <> 1`),
    'conversations without their participants and their timer',
  ).toEqual([]);
  const idOfData = "json_extract(body_json, '$.data.id')";
  const told = (type: string) => `(select ${idOfData} from events where type = '${type}')`;
  expect(
    rows(`select id from conversations where id not in ${told('CONVERSATION_CREATED')}
      union select id from communications where id not in ${told('COMMUNICATION_CREATED')}
      union select ${idOfData} from events where ${idOfData} not in
        (select id from conversations union select id from participants union select id from communications)`),
    'changes without their event, and events of nothing',
  ).toEqual([]);
  file.close();
}
