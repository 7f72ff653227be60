/** The door of the ingest room: webhooks of messaging providers, and what becomes of what they post. */
export { type IngestOptions, ingestRoutes } from './ingest.routes.ts';
