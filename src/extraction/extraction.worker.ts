import type { ContactTraits, GuardCategory } from '../config/index.ts';
import { extractConversation, getTranscript } from '../conversations/index.ts';
import { type Worker, worker } from '../jobs/index.ts';
import type { TokenUsage } from '../models/index.ts';
import type { Context } from '../runtime/context.ts';
import { writeMemories } from './extraction.ts';
import type { Extractor } from './extractor.ts';
import { createGuard, type Guard } from './guard/index.ts';
import { type ExtractionModel, meteredModel } from './model/metered-model.ts';
import { modelExtractor } from './model/model-extractor.ts';
import { withStandIn } from './model/with-stand-in.ts';
import { offlineExtractor } from './offline/offline-extractor.ts';
import { extractMemories, type Reading } from './reading.ts';

export interface ExtractionOptions {
  /** Undefined: extraction works by rules alone. */
  readonly model: ExtractionModel | undefined;
  /** Sensitive data that memories may hold. */
  readonly allowed: readonly GuardCategory[];
  /** Whether what customers say of themselves fills their traits. */
  readonly contactTraits: ContactTraits;
  readonly meter: ExtractionMeter;
}

/** Hears what extraction does; names and numbers, nothing of what was said. */
export interface ExtractionMeter {
  /** One customer's side of a conversation was read by the model or by rules; `reason`: why rules stood in. */
  onRead(by: { extractor: 'model' | 'rules'; reason: string }): void;
  onLeftOut(category: GuardCategory): void;
  onTokens(usage: TokenUsage): void;
}

/** Time for all answers of a model on one conversation; what is left of the job's time is for doing without. */
const modelBudgetMs = extractConversation.timeoutMs * 0.75;
/** Attempts at which an outage of the provider is waited out; at the next the rules do the work. */
const outagesMax = 4;

/** Takes resting and closed conversations into the memories of their customers. */
export function extractionWorkers(context: Context, options: ExtractionOptions): Worker[] {
  const guard = createGuard(options.allowed);
  return [
    worker(extractConversation, async ({ conversationId, trigger }, run) => {
      const transcript = await getTranscript(context.db.reader, run.accountId, conversationId);
      // Whoever spoke again since gets their turn when the conversation next rests.
      if (!transcript || transcript.conversation.status === 'ACTIVE') return;
      const reading = await extractMemories(context.db.reader, transcript, {
        trigger,
        extractor: extractorFor(context, options, guard, run.accountId),
        guard,
        mayRetry: run.attempt <= outagesMax,
        signal: AbortSignal.any([run.signal, AbortSignal.timeout(modelBudgetMs)]),
      });
      await run.finish((tx) => writeMemories(tx, context, transcript, reading, options.contactTraits));
      report(reading, options.meter);
    }),
  ];
}

function extractorFor(
  context: Context,
  { model, meter }: ExtractionOptions,
  guard: Guard,
  accountId: string,
): Extractor {
  const rules = offlineExtractor();
  if (!model) return rules;
  const { languageModel, dailyTokensMax, contextTokens } = model;
  const { onTokens } = meter;
  const metered = meteredModel(context, languageModel, { accountId, dailyTokensMax, onTokens });
  const { allowed } = guard;
  const { log } = context;
  return withStandIn(modelExtractor(metered, { contextTokens, allowed }), rules, { name: metered.name, log });
}

function report({ memories, leftOut }: Reading, meter: ExtractionMeter): void {
  for (const category of leftOut) meter.onLeftOut(category);
  for (const { by } of memories)
    meter.onRead({ extractor: by.name === 'rules' ? 'rules' : 'model', reason: by.reason ?? '' });
}
