import type { RunningServer } from '../../src/app/server.ts';
import { type BenchServer, startBenchServer } from './server.ts';
import { createStore } from './store.ts';

/**
 * Fills a data directory with conversations whose timers wait: `node benchmarks/support/waiting-conversations.ts FOLDER COUNT`. A
 * process of its own, so that the memory it needs is not the measured server's.
 */
const [dataDir = '', count = '0'] = process.argv.slice(2);
const conversationsPerTransaction = 1000;
const inactiveHours = 24;
/** Between one timer and the next. */
const dueEveryMs = 10;

/** One conversation through the API, and then copies of its rows: a hundred thousand requests would take too long. */
async function fill(server: BenchServer, count: number): Promise<void> {
  const { call, running } = server;
  const { related } = await call<{ related: { configurationId: string } }>(
    'POST',
    '/v2/ControlPlane/Configurations',
    {
      displayName: 'timers',
      conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES',
      memoryStoreId: await createStore(server, 'timers'),
      channelSettings: { SMS: { statusTimeouts: { inactive: inactiveHours * 60, closed: 60_000 } } },
    },
  );
  const author = { channel: 'SMS', address: '+12025550123' };
  const recipients = [{ channel: 'SMS', address: '+12025550100' }];
  const { id } = await call<{ id: string }>('POST', '/v2/Conversations', {
    configurationId: related.configurationId,
    participants: [author, ...recipients].map((address) => ({ type: 'AGENT', addresses: [address] })),
  });
  const content = { type: 'TEXT', text: 'Is anybody there?' };
  await call('POST', `/v2/Conversations/${id}/Communications`, { author, recipients, content });
  await copyConversation(running, id, count - 1);
}

const tables = [
  'conversations',
  'participants',
  'participant_addresses',
  'grouping_keys',
  'communications',
  'jobs',
] as const;
type Table = (typeof tables)[number];

/** Rows of each table, as text in which ids can be replaced. */
type Template = readonly (readonly [table: Table, rows: string])[];

async function copyConversation({ context }: RunningServer, id: string, count: number): Promise<void> {
  const template = await readTemplate(context, id);
  for (let done = 0; done < count; done += conversationsPerTransaction) {
    const size = Math.min(conversationsPerTransaction, count - done);
    const copies = Array.from({ length: size }, (_, at) => copyOf(context, template, done + at));
    await context.db.transaction(async (tx) => {
      for (const [at, [table]] of template.entries()) {
        const rows = copies.flatMap((copy) => copy[at] ?? []);
        // Rows of the table that they were read from.
        await tx
          .insertInto(table as 'conversations')
          .values(rows as never)
          .execute();
      }
    });
    if (done % 10_000 === 0) process.stderr.write(`${done} conversations\n`);
  }
}

async function readTemplate({ db }: RunningServer['context'], id: string): Promise<Template> {
  const read = async (table: Table, column: string, value: string) => {
    const query = db.reader.selectFrom(table as 'conversations').selectAll();
    // A column of this table.
    const rows = await query.where(column as 'id', '=', value).execute();
    return [table, JSON.stringify(rows)] as const;
  };
  return Promise.all(
    tables.map((table) => {
      if (table === 'conversations') return read(table, 'id', id);
      return table === 'jobs'
        ? read(table, 'dedupe_key', `conversation-timer:${id}`)
        : read(table, 'conversation_id', id);
    }),
  );
}

const idPattern = /\b(conv_(?:conversation|participant|communication)|rapport_job)_[0-9a-z]{26}\b/g;
const kinds = {
  conv_conversation: 'conversation',
  conv_participant: 'participant',
  conv_communication: 'communication',
  rapport_job: 'job',
} as const;

/** The rows of another conversation: new ids, a grouping key of its own, and a timer that comes due a little later. */
function copyOf({ ids }: RunningServer['context'], template: Template, number: number): object[][] {
  const renamed = new Map<string, string>();
  const rename = (id: string, kind: keyof typeof kinds) => {
    const name = renamed.get(id) ?? ids.next(kinds[kind]);
    renamed.set(id, name);
    return name;
  };
  return template.map(([, text]) => {
    const rows = JSON.parse(text.replaceAll(idPattern, rename)) as Record<string, unknown>[];
    return rows.map((row) => ({
      ...row,
      ...('grouping_key' in row ? { grouping_key: `${String(row['grouping_key'])}:${number}` } : {}),
      ...('due_at' in row ? { due_at: Number(row['due_at']) + number * dueEveryMs } : {}),
    }));
  });
}

const server = await startBenchServer({ dataDir });
await fill(server, Number(count));
await server.stop();
