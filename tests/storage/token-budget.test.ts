import { expect, it } from 'vitest';
import { meteredModel } from '../../src/extraction/model/metered-model.ts';
import type { GenerateRequest, LanguageModel } from '../../src/models/index.ts';
import { ModelError } from '../../src/models/index.ts';
import { VirtualClock } from '../../src/runtime/clock.ts';
import type { Database } from '../../src/storage/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const accountId = 'AC00000000000000000000000000000001';
const dayMs = 24 * 60 * 60_000;
/** Some 100 tokens, and 500 that are set aside for the answer. */
const request = { instructions: 'i'.repeat(200), prompt: 'p'.repeat(200) } as GenerateRequest;

/** A model whose calls take this many tokens; undefined: it does not say. */
function modelTaking(tokens: number | undefined, end: () => void = () => undefined): LanguageModel {
  return {
    name: 'test/small',
    async generate({ onUsage }) {
      if (tokens !== undefined) onUsage?.({ input: tokens - 1, output: 1 });
      end();
      return {};
    },
  };
}

async function tokensOf(db: Database): Promise<number[]> {
  const rows = await db.reader.selectFrom('model_usage').select('tokens').orderBy('day').execute();
  return rows.map(({ tokens }) => tokens);
}

describeOnEachDatabase('the tokens of a day', (databases) => {
  const metered = (db: Database, model: LanguageModel, dailyTokensMax = 1000, clock = new VirtualClock()) =>
    meteredModel({ db, clock }, model, { accountId, dailyTokensMax, onTokens: () => undefined });

  it('are what providers say that calls took, also calls whose answer is of no use', async () => {
    const db = await databases.open();
    await metered(db, modelTaking(120)).generate(request);
    const malformed = modelTaking(80, () => {
      throw new ModelError('malformed');
    });
    await expect(metered(db, malformed).generate(request)).rejects.toThrow('malformed');
    expect(await tokensOf(db)).toEqual([200]);
  });

  it('are an estimate when the provider does not say, and none when it gave no answer', async () => {
    const db = await databases.open();
    const down = modelTaking(undefined, () => {
      throw new ModelError('unreachable');
    });
    await expect(metered(db, down).generate(request)).rejects.toThrow('unreachable');
    expect(await tokensOf(db)).toEqual([0]);
    await metered(db, modelTaking(undefined)).generate(request);
    expect(await tokensOf(db)).toEqual([600]);
  });

  it('are not gone beyond, and start anew with the next day', async () => {
    const db = await databases.open();
    const clock = new VirtualClock();
    const model = metered(db, modelTaking(500), 1000, clock);
    await model.generate(request);
    await expect(model.generate(request)).rejects.toMatchObject({ reason: 'over-budget' });
    clock.moveTo(clock.now() + dayMs);
    await model.generate(request);
    expect(await tokensOf(db)).toEqual([500, 500]);
  });

  it('are shared by questions at the same time', async () => {
    const db = await databases.open();
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const slow: LanguageModel = { name: 'slow', generate: () => answered.then(() => ({})) };
    const asked = Array.from({ length: 4 }, () =>
      metered(db, slow)
        .generate(request)
        .catch(({ reason }: ModelError) => reason),
    );
    expect(await Promise.race(asked)).toBe('over-budget');
    answer();
    expect((await Promise.all(asked)).filter((outcome) => outcome === 'over-budget')).toHaveLength(3);
  });

  it('are counted without a limit too', async () => {
    const db = await databases.open();
    await metered(db, modelTaking(5_000_000), Number.POSITIVE_INFINITY).generate(request);
    expect(await tokensOf(db)).toEqual([5_000_000]);
  });
});
