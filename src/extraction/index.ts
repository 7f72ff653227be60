/** The door of the extraction room: from conversations to memories. */
export { type ExtractionOptions, extractionWorkers } from './extraction.worker.ts';
