import Type, { type Static } from 'typebox';
import { pageOf, Timestamp } from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import type { ConversationSummaryRow } from '../../storage/index.ts';
import { ConversationId, profileParameters } from '../access/index.ts';
import { Content, Source } from '../observations/index.ts';

/** Schemas and limits of memory-v1.yaml, tag ConversationSummaries. */
const batchMax = 10;

const SummaryCreate = Type.Object({
  content: Content,
  conversationId: ConversationId,
  occurredAt: Timestamp,
  source: Type.Optional(Source),
});

export const CreateSummariesRequest = Type.Object(
  { summaries: Type.Array(SummaryCreate, { minItems: 1, maxItems: batchMax }) },
  { additionalProperties: false },
);

export const SummaryPatch = Type.Partial(SummaryCreate);

export const Summary = Type.Object({
  id: Type.String(),
  conversationId: Type.String(),
  content: Type.String(),
  source: Type.Optional(Type.String()),
  occurredAt: Timestamp,
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

export const SummaryPath = Type.Object({
  ...profileParameters,
  summaryId: Type.String({ pattern: '^mem_summary_[0-7][0-9a-z]{25}$' }),
});

export const summaryList = { key: 'summaries', sortKey: ['integer', 'text'], sizeMax: 50 } as const;
export const SummaryList = pageOf(summaryList.key, Summary);

export function toWire(row: ConversationSummaryRow): Static<typeof Summary> {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    content: row.content,
    ...(row.source === null ? {} : { source: row.source }),
    occurredAt: toTimestamp(row.occurred_at),
    createdAt: toTimestamp(row.created_at),
    updatedAt: toTimestamp(row.updated_at),
  };
}
