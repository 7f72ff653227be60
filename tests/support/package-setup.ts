import { existsSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { bundleInto, compilePackage } from './compiled-package.ts';

/**
 * Once a run, the package is made of the sources as they are: tests that start processes start the form that is published, which
 * takes a third of the time of starting the sources.
 */
export function setup(project: TestProject): void {
  const folder = project.config.env['RAPPORT_TEST_PACKAGE'];
  if (folder === undefined) throw new Error('vitest.config.ts does not say where the package goes');
  if (!existsSync(folder)) compilePackage(folder);
  project.onTestsRerun(async () => bundleInto(folder));
}
