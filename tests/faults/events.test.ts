import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { createWorld } from '../support/acknowledged-writes.ts';
import { type ChildServer, startChildServer } from '../support/child-server.ts';
import { openEventStream, type StreamedEvent } from '../support/event-stream.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const kills = 3;
const writersAtOnce = 6;
const seenBeforeKill = 10;

async function started(dataDir: string): Promise<ChildServer> {
  const server = await startChildServer({ dataDir });
  onTestFinished(() => server.kill());
  return server;
}

/** Says things in the conversation, from several callers at once, until the server is gone. */
async function sayUntilKilled(server: ChildServer, conversationId: string): Promise<void> {
  const party = (number: string) => ({ channel: 'SMS', address: number });
  const said = {
    author: party('+12025550123'),
    recipients: [party('+12025550100')],
    content: { type: 'TEXT', text: 'hello' },
  };
  const writer = async () => {
    for (;;) await server.request('POST', `/v2/Conversations/${conversationId}/Communications`, said);
  };
  await Promise.allSettled(Array.from({ length: writersAtOnce }, writer));
}

/** Ids of what the events tell of, in the order of the table. */
function idsInTable(dataDir: string): unknown[] {
  const file = new Sqlite(join(dataDir, 'rapport.db'), { readonly: true });
  const rows = file
    .prepare(
      `select json_extract(body_json, '$.data.id') as id from events
       where type = 'COMMUNICATION_CREATED' order by position`,
    )
    .all() as { id: string }[];
  file.close();
  return rows.map(({ id }) => id);
}

it('a stream that is taken up again tells everything once, through kills of the server', async () => {
  const dataDir = temporaryFolder();
  const types = 'COMMUNICATION_CREATED';
  const told: StreamedEvent[] = [];
  let server = await started(dataDir);
  const { conversationId } = await createWorld(server);
  let stream = await openEventStream(server.url, { query: { types } });
  for (let kill = 0; kill < kills; kill += 1) {
    const writing = sayUntilKilled(server, conversationId);
    told.push(...(await stream.take(seenBeforeKill)));
    await server.kill();
    await writing;
    const headers = { 'Last-Event-ID': told.at(-1)?.id ?? '' };
    server = await started(dataDir);
    stream = await openEventStream(server.url, { query: { types }, headers });
    onTestFinished(() => stream.close());
  }
  const inTable = idsInTable(dataDir);
  told.push(...(await stream.take(inTable.length - told.length)));
  expect(inTable.length).toBeGreaterThanOrEqual(kills * seenBeforeKill);
  expect(told.map(({ data }) => data.data.id)).toEqual(inTable);
});
