import { ModelError } from '../../models/index.ts';
import type { Log } from '../../runtime/log.ts';
import type { Extractor } from '../extractor.ts';

/**
 * Reads with `extractor`, a language model of this name, and with `standIn` when that gives no answer. While the caller can ask
 * again, an outage of the provider is thrown to it. What the stand-in says names the model and the reason, so that it can be
 * read anew.
 */
export function withStandIn(
  extractor: Extractor,
  standIn: Extractor,
  { name, log }: { name: string; log: Pick<Log, 'warn'> },
): Extractor {
  return {
    async extract(request) {
      try {
        return await extractor.extract(request);
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        const { reason, status, isOutage } = error;
        // What ends our own call in time is as good as an outage.
        if (request.mayRetry && (isOutage || reason === 'cancelled')) throw error;
        log.warn({ model: name, reason, status }, 'no answer from the language model; extracted by rules');
        const extracted = await standIn.extract(request);
        return { ...extracted, by: { ...extracted.by, standsInFor: name, reason } };
      }
    },
  };
}
