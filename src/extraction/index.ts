/** The door of the extraction room: from conversations to memories. */
export { extractAnew } from './anew.ts';
export { type ExtractionMeter, type ExtractionOptions, extractionWorkers } from './extraction.worker.ts';
export type { ExtractionModel } from './model/metered-model.ts';
