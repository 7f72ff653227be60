import type { GuardCategory } from '../config/index.ts';
import { type ConversationRef, getTranscript } from '../conversations/index.ts';
import { errors } from '../errors/index.ts';
import type { Context } from '../runtime/context.ts';
import { type WriteContext, type Written, writeMemories } from './extraction.ts';
import { createGuard } from './guard/index.ts';
import { type ExtractionModel, meteredModel } from './model/metered-model.ts';
import { modelExtractor } from './model/model-extractor.ts';
import { extractMemories } from './reading.ts';

/** Time for all answers of the model. */
const timeoutMs = 450_000;

/**
 * Reads all of a conversation anew with the model, whatever was taken in before: better words for what is there, what is missing
 * added, nothing deleted, nothing twice. A ModelError when the model gives no answer, and then nothing is changed; 404 for a
 * conversation that is not the account's, 400 for one that is still ACTIVE or whose configuration does not turn extraction on.
 */
export async function extractAnew(
  context: WriteContext & Pick<Context, 'log'>,
  { accountId, conversationId }: ConversationRef,
  { model, allowed }: { model: ExtractionModel; allowed: readonly GuardCategory[] },
): Promise<Written> {
  const transcript = await getTranscript(context.db.reader, accountId, conversationId);
  if (!transcript) throw errors.notFound('Conversation', conversationId);
  const { status, isExtractionEnabled } = transcript.conversation;
  if (status === 'ACTIVE') throw errors.invalid('conversationId', 'the conversation is still ACTIVE');
  if (!isExtractionEnabled)
    throw errors.invalid('conversationId', 'its configuration does not turn extraction on');
  const guard = createGuard(allowed);
  const { languageModel, contextTokens, dailyTokensMax } = model;
  const metered = meteredModel(context, languageModel, {
    accountId,
    dailyTokensMax,
    onTokens: () => undefined,
  });
  const reading = await extractMemories(context.db.reader, transcript, {
    trigger: status,
    extractor: modelExtractor(metered, { contextTokens, allowed: guard.allowed }),
    guard,
    isAnew: true,
    mayRetry: true,
    signal: AbortSignal.timeout(timeoutMs),
  });
  return context.db.transaction((tx) => writeMemories(tx, context, transcript, reading));
}
