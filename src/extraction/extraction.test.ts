import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/index.ts';
import type { Transcript } from '../conversations/index.ts';
import { JobQueue } from '../jobs/index.ts';
import { listObservationContents } from '../memory/index.ts';
import { systemClock } from '../runtime/clock.ts';
import { createIds } from '../runtime/ids.ts';
import { type Database, openDatabase } from '../storage/index.ts';
import { type CustomerMemories, extractMemories, type Trigger, writeMemories } from './extraction.ts';
import type { ExtractionRequest, Extractor } from './extractor.ts';
import { createGuard } from './guard/index.ts';

const ref = { accountId: 'AC1', storeId: 'mem_store_1', profileId: 'mem_profile_1' };

function transcript(texts: readonly string[], extractedThrough?: string): Transcript {
  return {
    conversation: {
      id: 'conv_conversation_1',
      accountId: ref.accountId,
      status: 'INACTIVE',
      name: null,
      createdAt: 0,
      memoryStoreId: ref.storeId,
      extractedThrough,
    },
    participants: [
      { id: 'customer', type: 'CUSTOMER', profileId: ref.profileId, addresses: [], name: 'Ines Duarte' },
    ],
    communications: texts.map((text, index) => ({
      id: `conv_communication_${index}`,
      authorParticipantId: 'customer',
      authorName: 'Ines Duarte',
      authorType: 'CUSTOMER',
      text,
      channel: 'SMS',
      occurredAt: index,
      createdAt: index,
    })),
  };
}

/** An extractor that makes an observation of each new message, and what it was asked. */
function echo(summary?: string): { extractor: Extractor; asked: ExtractionRequest[] } {
  const asked: ExtractionRequest[] = [];
  const extractor: Extractor = {
    extract: async (request) => {
      asked.push(request);
      const turns = request.turns.filter(({ isNew }) => isNew);
      const observations = turns.map(({ text, occurredAt, index }) => ({
        content: text,
        occurredAt,
        evidence: [index],
      }));
      return { observations, summary, by: { name: 'echo', version: '1' } };
    },
  };
  return { extractor, asked };
}

const guard = createGuard();
const read = (of: Transcript, trigger: Trigger, { extractor } = echo()) =>
  extractMemories(of, trigger, { extractor, guard }, new AbortController().signal);
const extract = async (...of: Parameters<typeof read>) => (await read(...of)).memories;

describe('extracting memories', () => {
  it('asks nothing when a conversation goes inactive without news', async () => {
    const { extractor, asked } = echo();
    await extract(transcript(['hello'], 'conv_communication_0'), 'INACTIVE', { extractor, asked });
    expect(asked).toEqual([]);
  });

  it('wants a summary when the conversation ends, and not before', async () => {
    const { extractor, asked } = echo();
    await extract(transcript(['hello']), 'INACTIVE', { extractor, asked });
    await extract(transcript(['hello'], 'conv_communication_0'), 'CLOSED', { extractor, asked });
    expect(asked.map(({ wantsSummary }) => wantsSummary)).toEqual([false, true]);
  });

  it('shows no extractor a secret, and says what was left out of what is new', async () => {
    const { extractor, asked } = echo();
    const texts = ['My PIN is 4821.', 'My password is Tr0ub4dor.'];
    const { leftOut } = await read(transcript(texts, 'conv_communication_0'), 'CLOSED', { extractor, asked });
    expect(asked[0]?.turns.map(({ text }) => text)).toEqual([
      'My PIN is [removed].',
      'My password is [removed].',
    ]);
    expect(leftOut).toEqual(['credentials']);
  });

  it('stores no special category, neither in observations nor in the summary', async () => {
    const of = transcript(['Customer has asthma. Customer keeps bees.', 'Customer is a Catholic.']);
    const { memories, leftOut } = await read(of, 'CLOSED', echo('Customer is gay. Customer keeps bees.'));
    expect(memories).toMatchObject([
      { observations: [{ content: 'Customer keeps bees.' }], summary: 'Customer keeps bees.' },
    ]);
    expect(leftOut).toEqual(['health', 'religion', 'sexuality']);
  });

  it('keeps within the limits of an observation', async () => {
    const [memories] = await extract(transcript(['🐝'.repeat(5000)]), 'INACTIVE');
    expect([...(memories?.observations[0]?.content ?? '')]).toHaveLength(4096);
  });

  it('keeps nothing that a database refuses', async () => {
    const [memories] = await extract(transcript(['be\u0000es', '\uD83D', ' \u0000 ']), 'INACTIVE');
    expect(memories?.observations.map(({ content }) => content)).toEqual(['bees', '\uFFFD']);
  });
});

describe('writing memories', () => {
  let folder: string;
  let db: Database;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rapport-extraction-'));
    db = await openDatabase({ sqliteFile: join(folder, 'test.db') });
    await db.transaction(async (tx) => {
      const { accountId: account_id, storeId: store_id, profileId } = ref;
      const times = { created_at: 0, updated_at: 0 };
      await tx
        .insertInto('stores')
        .values({
          account_id,
          id: store_id,
          display_name: 'test',
          description: null,
          status: 'ACTIVE',
          intelligence_service_id: null,
          version: 1,
          ...times,
        })
        .execute();
      await tx
        .insertInto('profiles')
        .values({ account_id, store_id, id: profileId, created_at: 0, merged_into: null })
        .execute();
      await tx
        .insertInto('conversations')
        .values({
          account_id,
          id: 'conv_conversation_1',
          configuration_id: 'conv_configuration_1',
          configuration_json: '{}',
          status: 'INACTIVE',
          name: null,
          metadata_json: '{}',
          channel_activity_json: '{}',
          timers_from: 0,
          extracted_through: null,
          ...times,
        })
        .execute();
    });
  });
  afterEach(async () => {
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const context = () => {
    const parts = { db, clock: systemClock, ids: createIds(systemClock) };
    return { ...parts, jobs: new JobQueue(parts), embeddings: undefined, limits: loadConfig({}).limits };
  };
  const write = (of: Transcript, memories: readonly CustomerMemories[]) =>
    db.transaction((tx) => writeMemories(tx, context(), of, memories));
  const contents = async () =>
    (await listObservationContents(db.reader, ref)).map(({ content }) => content).toReversed();

  it('keeps the order in which facts came up', async () => {
    const said = transcript(['keeps bees', 'plays chess', 'sings']);
    await write(said, await extract(said, 'INACTIVE'));
    expect(await contents()).toEqual(['keeps bees', 'plays chess', 'sings']);
  });

  it('writes nothing the second time, and says that trying again can help', async () => {
    const said = transcript(['keeps bees']);
    const memories = await extract(said, 'INACTIVE');
    await write(said, memories);
    await expect(write(said, memories)).rejects.toMatchObject({ isRetryable: true });
    expect(await contents()).toEqual(['keeps bees']);
  });

  it('takes a conversation in anew after dying half-way', async () => {
    const said = transcript(['keeps bees']);
    const memories = await extract(said, 'INACTIVE');
    const dying = db.transaction(async (tx) => {
      await writeMemories(tx, context(), said, memories);
      throw new Error('power cut');
    });
    await expect(dying).rejects.toThrow('power cut');
    expect(await contents()).toEqual([]);
    await write(said, memories);
    expect(await contents()).toEqual(['keeps bees']);
  });

  it('notes how far it came even when nothing was worth remembering', async () => {
    const said = transcript(['hello']);
    await write(said, []);
    await expect(write(said, [])).rejects.toMatchObject({ isRetryable: true });
  });
});
