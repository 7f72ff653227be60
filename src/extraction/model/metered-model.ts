import { type GenerateRequest, type LanguageModel, ModelError, type TokenUsage } from '../../models/index.ts';
import type { Context } from '../../runtime/context.ts';
import { addTokensWithin, correctTokens } from './token-budget.store.ts';

/** A model that reads conversations, and how much of it an account may use. */
export interface ExtractionModel {
  readonly languageModel: LanguageModel;
  /** Tokens of one call, question and answer together. */
  readonly contextTokens: number;
  /** Tokens that an account may use in a day (UTC); infinity when there is no limit. */
  readonly dailyTokensMax: number;
}

export interface MeterOptions {
  readonly accountId: string;
  /** Tokens that the account may use in a day (UTC); infinity when there is no limit. */
  readonly dailyTokensMax: number;
  /** Hears what each call took. */
  readonly onTokens: (usage: TokenUsage) => void;
}

/** More than any account uses in a day, and a number that databases can hold. */
const unlimited = Number.MAX_SAFE_INTEGER;
const charactersPerToken = 4;
/** What an answer is taken to need until it is there. */
const answerTokens = 500;

/**
 * The model as one account may use it. A question sets aside its estimated tokens before it is sent, so that questions at the
 * same time share what is left of the day, and puts right afterwards what the provider says; a server that dies in between
 * leaves the estimate standing. Throws a ModelError `over-budget` when the day has not enough left.
 */
export function meteredModel(
  context: Pick<Context, 'db' | 'clock'>,
  model: LanguageModel,
  { accountId, dailyTokensMax, onTokens }: MeterOptions,
): LanguageModel {
  const max = Math.min(dailyTokensMax, unlimited);
  return {
    name: model.name,
    async generate(request) {
      const ofDay = { accountId, day: new Date(context.clock.now()).toISOString().slice(0, 10) };
      const estimate = estimateOf(request);
      const isWithin = await context.db.transaction((tx) => addTokensWithin(tx, ofDay, estimate, max));
      if (!isWithin) throw new ModelError('over-budget');
      let used: number | undefined;
      const onUsage = (usage: TokenUsage) => {
        used = (used ?? 0) + usage.input + usage.output;
        onTokens(usage);
      };
      let isAnswered = false;
      try {
        const answer = await model.generate({ ...request, onUsage });
        isAnswered = true;
        return answer;
      } finally {
        // A provider that does not say what an answer took has taken what was set aside for it.
        const correction = (used ?? (isAnswered ? estimate : 0)) - estimate;
        await context.db.transaction((tx) => correctTokens(tx, ofDay, correction));
      }
    },
  };
}

function estimateOf({ instructions, prompt }: GenerateRequest): number {
  return Math.ceil((instructions.length + prompt.length) / charactersPerToken) + answerTokens;
}
