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
import { writeMemories } from './extraction.ts';
import type { ExtractionRequest, Extractor } from './extractor.ts';
import { createGuard } from './guard/index.ts';
import { extractMemories, type Reading, type Trigger } from './reading.ts';

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
      isExtractionEnabled: true,
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

const guard = createGuard();
const nothing: Reading = { memories: [], leftOut: [], isAnew: false };
const read = (of: Transcript, trigger: Trigger, { extractor } = echo(), isAnew = false) =>
  extractMemories(db.reader, of, {
    trigger,
    extractor,
    guard,
    isAnew,
    mayRetry: false,
    signal: new AbortController().signal,
  });
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

  it('reads the beginning of what is too long for a message', async () => {
    const { extractor, asked } = echo();
    await extract(transcript([`keeps bees ${'1 '.repeat(4_000_000)}`]), 'INACTIVE', { extractor, asked });
    expect(asked[0]?.turns[0]?.text).toMatch(/^keeps bees 1/);
    expect(asked[0]?.turns[0]?.text.length).toBeLessThanOrEqual(50_000);
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
  const context = () => {
    const parts = { db, clock: systemClock, ids: createIds(systemClock) };
    return { ...parts, jobs: new JobQueue(parts), embeddings: undefined, limits: loadConfig({}).limits };
  };
  const write = (of: Transcript, reading: Reading) =>
    db.transaction((tx) => writeMemories(tx, context(), of, reading));
  const contents = async () =>
    (await listObservationContents(db.reader, ref)).map(({ content }) => content).toReversed();

  it('keeps the order in which facts came up', async () => {
    const said = transcript(['keeps bees', 'plays chess', 'sings']);
    await write(said, await read(said, 'INACTIVE'));
    expect(await contents()).toEqual(['keeps bees', 'plays chess', 'sings']);
  });

  it('writes nothing the second time, and says that trying again can help', async () => {
    const said = transcript(['keeps bees']);
    const reading = await read(said, 'INACTIVE');
    await write(said, reading);
    await expect(write(said, reading)).rejects.toMatchObject({ isRetryable: true });
    expect(await contents()).toEqual(['keeps bees']);
  });

  it('takes a conversation in anew after dying half-way', async () => {
    const said = transcript(['keeps bees']);
    const reading = await read(said, 'INACTIVE');
    const dying = db.transaction(async (tx) => {
      await writeMemories(tx, context(), said, reading);
      throw new Error('power cut');
    });
    await expect(dying).rejects.toThrow('power cut');
    expect(await contents()).toEqual([]);
    await write(said, reading);
    expect(await contents()).toEqual(['keeps bees']);
  });

  describe('of a conversation that is read anew', () => {
    /** An extractor that says this of the first message. */
    const saying = (...contents: string[]) => {
      const observations = contents.map((content) => ({ content, occurredAt: 0, evidence: [0] }));
      const extract = async () => ({
        observations,
        summary: contents[0],
        by: { name: 'model', version: '2' },
      });
      return { extractor: { extract }, asked: [] };
    };
    const closed = (through?: string) => {
      const { conversation, ...rest } = transcript(['I keep bees in Porto'], through);
      return { ...rest, conversation: { ...conversation, status: 'CLOSED' as const } };
    };
    const readAnew = async (...contents: string[]) => {
      const of = closed('conv_communication_0');
      return write(of, await read(of, 'CLOSED', saying(...contents), true));
    };

    beforeEach(async () => {
      const of = closed();
      await write(of, await read(of, 'CLOSED', saying('Customer keeps bees in Porto')));
    });

    it('puts what was noted into the new words, and adds what was not', async () => {
      const written = await readAnew('Customer has kept bees in Porto', 'Customer sells honey');
      expect(written).toEqual({ added: 1, revised: 1 });
      expect((await contents()).toSorted()).toEqual([
        'Customer has kept bees in Porto',
        'Customer sells honey',
      ]);
    });

    it('changes nothing the second time', async () => {
      await readAnew('Customer has kept bees in Porto', 'Customer sells honey');
      expect(await readAnew('Customer has kept bees in Porto', 'Customer sells honey')).toEqual({
        added: 0,
        revised: 0,
      });
    });

    it('deletes nothing that the new reading does not say', async () => {
      await readAnew('Customer sells honey');
      expect((await contents()).toSorted()).toEqual(['Customer keeps bees in Porto', 'Customer sells honey']);
    });

    it('leaves alone what a client has changed since', async () => {
      const content = 'Customer keeps no bees in Porto';
      await db.transaction((tx) => tx.updateTable('observations').set({ content, revision: 2 }).execute());
      expect(await readAnew('Customer keeps bees in Porto')).toEqual({ added: 0, revised: 0 });
      expect(await contents()).toEqual(['Customer keeps no bees in Porto']);
    });

    it('replaces the summary', async () => {
      await readAnew('Customer has kept bees in Porto');
      const summaries = await db.reader.selectFrom('conversation_summaries').select('content').execute();
      expect(summaries).toEqual([{ content: 'Customer has kept bees in Porto' }]);
    });

    it('shows the extractor what it is to put into better words', async () => {
      const { extractor, asked } = echo();
      await read(closed('conv_communication_0'), 'CLOSED', { extractor, asked }, true);
      expect(asked[0]?.known).toMatchObject([{ content: 'Customer keeps bees in Porto', isReplaced: true }]);
      expect(asked[0]?.turns.map(({ isNew }) => isNew)).toEqual([true]);
    });
  });

  it('notes how far it came even when nothing was worth remembering', async () => {
    const said = transcript(['hello']);
    await write(said, nothing);
    await expect(write(said, nothing)).rejects.toMatchObject({ isRetryable: true });
  });
});
