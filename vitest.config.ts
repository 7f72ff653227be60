import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './tests/support/summary-reporter.ts';

const seconds = 1000;

export default defineConfig({
  test: {
    reporters: ['default', new SummaryReporter()],
    testTimeout: 30 * seconds,
    hookTimeout: 60 * seconds,
    projects: [
      // The rules alone, beside their code: no server, no network.
      {
        extends: true,
        test: { name: 'rules', include: ['src/**/*.test.ts', 'tests/architecture/**/*.test.ts'] },
      },
      { extends: true, test: { name: 'storage', include: ['tests/{storage,jobs}/**/*.test.ts'] } },
      { extends: true, test: { name: 'server', include: ['tests/{contract,wire,cli}/**/*.test.ts'] } },
      { extends: true, test: { name: 'faults', include: ['tests/faults/**/*.test.ts'] } },
    ],
  },
});
