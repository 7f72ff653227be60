import type { TSchema } from 'typebox';

/** What a provider says it read and wrote for one call. */
export interface TokenUsage {
  readonly input: number;
  readonly output: number;
}

/** One question to a language model whose answer has a shape. */
export interface GenerateRequest {
  /** What to do; written by us, never by a customer. */
  readonly instructions: string;
  /** What to do it with. */
  readonly prompt: string;
  /** JSON schema that the answer satisfies. */
  readonly schema: TSchema;
  /** Names the schema to the model: letters, digits, `_` and `-`, at most 64. */
  readonly schemaName: string;
  /** Ends the call, retries included. */
  readonly signal: AbortSignal;
  /** Hears what each call took, also of a call whose answer is of no use; providers may leave it out. */
  readonly onUsage?: (usage: TokenUsage) => void;
}

/**
 * A model that answers with JSON. Implementations keep nothing of a request.
 *
 * @example
 * const answer = await model.generate({ instructions, prompt, schema: Answer, schemaName: 'answer', signal });
 */
export interface LanguageModel {
  /** Provider and model, for logs. */
  readonly name: string;
  /** The parsed answer, which satisfies `schema`; throws a ModelError when there is none. */
  generate(request: GenerateRequest): Promise<unknown>;
}
