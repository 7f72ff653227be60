import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../runtime/log.ts';
import type { LanguageModel } from './language-model.ts';
import { ModelError } from './model-error.ts';

/** Tries after the first. */
const retriesMax = 2;

export interface RetryOptions {
  readonly log: Pick<Log, 'debug'>;
  /** Wait before the first retry, doubled for each further one. */
  readonly firstDelayMs?: number;
}

/** The same model, asked again a bounded number of times when trying again can help. */
export function withRetries(model: LanguageModel, { log, firstDelayMs = 500 }: RetryOptions): LanguageModel {
  return {
    name: model.name,
    async generate(request) {
      for (let retry = 0; ; retry += 1) {
        try {
          return await model.generate(request);
        } catch (error) {
          if (!(error instanceof ModelError) || !error.isRetryable || retry >= retriesMax) throw error;
          log.debug(
            { model: model.name, reason: error.reason, status: error.status },
            'asking a model again',
          );
          await wait(firstDelayMs * 2 ** retry, request.signal);
        }
      }
    },
  };
}

async function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(delayMs, undefined, { signal });
  } catch {
    throw new ModelError('cancelled');
  }
}
