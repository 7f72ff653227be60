import type { Embedder } from '../../models/index.ts';
import type { Context } from '../../runtime/context.ts';

/** Vectors of queries, where they can be had in time. */
export interface QueryVectors {
  /** Undefined when the model does not answer in time, or did not lately: then Recall goes by words alone. */
  find(text: string): Promise<Float32Array | undefined>;
}

/** How a vector was come by: asked for, known, not got, or not asked for since it was not got several times. */
export type QueryVectorOutcome = 'embedded' | 'known' | 'failed' | 'skipped';

export interface QueryVectorOptions {
  /** How long a caller waits for the model. */
  readonly timeoutMs: number;
  readonly onOutcome: (outcome: QueryVectorOutcome) => void;
}

/** Vectors of queries that are remembered. */
const rememberedMax = 1000;
/** So many failures in a row, and the model is left alone for a while. */
const failuresMax = 3;
const pauseMs = 30_000;

export function createQueryVectors(
  { clock, log }: Pick<Context, 'clock' | 'log'>,
  embedder: Embedder,
  { timeoutMs, onOutcome }: QueryVectorOptions,
): QueryVectors {
  const known = new Map<string, Float32Array>();
  let failures = 0;
  let pausedUntil = Number.NEGATIVE_INFINITY;

  async function ask(text: string): Promise<Float32Array | undefined> {
    try {
      const [vector] = await embedder.embed([text], { signal: AbortSignal.timeout(timeoutMs) });
      failures = 0;
      if (vector) remember(known, text, vector);
      onOutcome('embedded');
      return vector;
    } catch (error) {
      failures += 1;
      if (failures >= failuresMax) pausedUntil = clock.now() + pauseMs;
      // The error says no more than a reason: what a provider answers may repeat the query.
      log.warn(
        { model: embedder.name, err: error, failures },
        'no vector for a query: Recall goes by words alone',
      );
      onOutcome('failed');
      return undefined;
    }
  }

  return {
    async find(text) {
      const vector = known.get(text);
      if (vector) {
        remember(known, text, vector);
        onOutcome('known');
        return vector;
      }
      if (clock.now() >= pausedUntil) return ask(text);
      onOutcome('skipped');
      return undefined;
    },
  };
}

/** The newest use is last. */
function remember(known: Map<string, Float32Array>, text: string, vector: Float32Array): void {
  known.delete(text);
  known.set(text, vector);
  const [oldest] = known.keys();
  if (known.size > rememberedMax && oldest !== undefined) known.delete(oldest);
}
