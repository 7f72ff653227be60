import type { GuardCategory } from '../config/index.ts';
import { extractConversation, getTranscript } from '../conversations/index.ts';
import { type Worker, worker } from '../jobs/index.ts';
import type { LanguageModel } from '../models/index.ts';
import type { Context } from '../runtime/context.ts';
import { extractMemories, writeMemories } from './extraction.ts';
import { createGuard } from './guard/index.ts';
import { modelExtractor } from './model/model-extractor.ts';
import { offlineExtractor } from './offline/offline-extractor.ts';

/** Time for all answers of a model on one conversation; what is left of the job's time is for doing without. */
const modelBudgetMs = extractConversation.timeoutMs * 0.75;

export interface ExtractionOptions {
  /** Undefined: extraction works by rules alone. */
  readonly languageModel: LanguageModel | undefined;
  /** Sensitive data that memories may hold. */
  readonly allowed: readonly GuardCategory[];
  /** Hears of each thing that was not remembered. */
  readonly onLeftOut: (category: GuardCategory) => void;
}

/** Takes resting and closed conversations into the memories of their customers. */
export function extractionWorkers(
  context: Context,
  { languageModel, allowed, onLeftOut }: ExtractionOptions,
): Worker[] {
  const guard = createGuard(allowed);
  const offline = offlineExtractor();
  const extractor = languageModel ? modelExtractor(languageModel, offline, context.log) : offline;
  return [
    worker(extractConversation, async ({ conversationId, trigger }, run) => {
      const transcript = await getTranscript(context.db.reader, run.accountId, conversationId);
      // Whoever spoke again since gets their turn when the conversation next rests.
      if (!transcript || transcript.conversation.status === 'ACTIVE') return;
      const signal = AbortSignal.any([run.signal, AbortSignal.timeout(modelBudgetMs)]);
      const { memories, leftOut } = await extractMemories(transcript, trigger, { extractor, guard }, signal);
      await run.finish((tx) => writeMemories(tx, context, transcript, memories));
      for (const category of leftOut) onLeftOut(category);
    }),
  ];
}
