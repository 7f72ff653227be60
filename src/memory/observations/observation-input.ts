import { toMs } from '../../http/index.ts';
import type { ObservationChanges, ObservationDraft } from './observation.ts';

/** An observation as callers write it; times are text. */
export interface ObservationInput {
  readonly content: string;
  readonly source: string;
  /** The time of receipt when left out, which only the bare form may do. */
  readonly occurredAt?: string;
  readonly conversationIds?: readonly string[];
}

export function toDraft(input: ObservationInput, receivedAt: number): ObservationDraft {
  return {
    content: input.content,
    source: input.source,
    occurredAt: input.occurredAt === undefined ? receivedAt : toMs('occurredAt', input.occurredAt),
    conversationIds: input.conversationIds ?? [],
  };
}

export function toChanges({ occurredAt, ...others }: Partial<ObservationInput>): ObservationChanges {
  return { ...others, ...(occurredAt === undefined ? {} : { occurredAt: toMs('occurredAt', occurredAt) }) };
}
