import { whyNoPostgres } from './postgres-server.ts';

/** For `describe.each`: whole servers are tested on these, PostgreSQL where one can be had. */
export const enginesOfServers = [
  { engine: 'SQLite', skip: false },
  {
    engine: whyNoPostgres ? `PostgreSQL (${whyNoPostgres})` : 'PostgreSQL',
    skip: whyNoPostgres !== undefined,
  },
];
