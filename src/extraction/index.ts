/** The door of the extraction room: from conversations to memories. */
export { extractionWorkers } from './extraction.worker.ts';
