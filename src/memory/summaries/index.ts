/** Conversation summaries. */

export { summaryRoutes } from './summary.routes.ts';
export {
  deleteSummariesOf,
  insertSummaries,
  moveSomeSummaries,
  moveSummaries,
  summarySource,
} from './summary.store.ts';
export { recordSummary, type SummaryDraft } from './summary.ts';
export { Summary, toWire as toSummaryWire } from './summary.wire.ts';
