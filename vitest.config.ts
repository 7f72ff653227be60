import { defineConfig } from 'vitest/config';
import { temporaryEnvironment } from './tests/support/memory-disk.ts';
import { packageFolderOfRun } from './tests/support/package-folder.ts';
import { recordsFolderOfRun } from './tests/support/recorder-folder.ts';
import { SummaryReporter } from './tests/support/summary-reporter.ts';

const seconds = 1000;
const packageSetup = 'tests/support/package-setup.ts';
const coverage = 'tests/contract/coverage.test.ts';

export default defineConfig({
  test: {
    reporters: ['default', new SummaryReporter()],
    // Most of a test file's time would go into loading the modules that the file before it had loaded.
    isolate: false,
    setupFiles: ['tests/support/recorder-hooks.ts'],
    // One a core: a worker waits for disks and sockets most of the time.
    maxWorkers: 2,
    testTimeout: 30 * seconds,
    hookTimeout: 60 * seconds,
    env: {
      ...temporaryEnvironment(),
      RAPPORT_TEST_RECORDS: recordsFolderOfRun(),
      RAPPORT_TEST_PACKAGE: packageFolderOfRun(),
    },
    // With one worker, group 0 would run last, whatever the numbers of the others.
    sequence: { groupOrder: 1 },
    projects: [
      // The rules alone, beside their code: no server, no network.
      {
        extends: true,
        test: { name: 'rules', include: ['src/**/*.test.ts', 'tests/architecture/**/*.test.ts'] },
      },
      { extends: true, test: { name: 'storage', include: ['tests/{storage,jobs}/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'server',
          include: ['tests/{contract,wire,cli,models}/**/*.test.ts'],
          exclude: [coverage],
          globalSetup: packageSetup,
        },
      },
      {
        extends: true,
        test: { name: 'faults', include: ['tests/faults/**/*.test.ts'], globalSetup: packageSetup },
      },
      // After all others: it looks at what they saw.
      { extends: true, test: { name: 'coverage', include: [coverage], sequence: { groupOrder: 2 } } },
    ],
  },
});
