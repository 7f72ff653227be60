import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { startChildServer } from '../support/child-server.ts';
import { rapportBin } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const reportPackages = fileURLToPath(new URL('../support/report-packages.ts', import.meta.url));
/** Large, and of use to servers that are set up for them or are asked for what needs them. */
const forOthers = [
  '@ai-sdk/openai-compatible',
  '@electric-sql/pglite',
  '@fastify/rate-limit',
  '@fastify/swagger',
  'ai',
  'chrono-node',
  'libphonenumber-js',
  'onnxruntime-web',
  'pg',
  're2js',
  'snowball-stemmers',
  'yaml',
];

it('a server on a file listens without loading what few servers need', async () => {
  const server = await startChildServer({
    dataDir: temporaryFolder(),
    command: ['--import', reportPackages, rapportBin, 'serve'],
  });
  onTestFinished(() => server.kill());
  const loaded = [...server.output().matchAll(/^loads (.+)$/gm)].map(([, name]) => name);
  expect(loaded).toContain('better-sqlite3');
  expect(loaded.filter((name) => forOthers.includes(name ?? ''))).toEqual([]);
});
