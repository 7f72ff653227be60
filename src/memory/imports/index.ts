/** CSV imports: a file is announced, uploaded, and applied row by row through identity resolution. */
export { importRoutes } from './import.routes.ts';
export { eraseImports } from './import.ts';
export { importWorkers } from './import.worker.ts';
