import { afterAll, afterEach, beforeEach, expect } from 'vitest';
import { endRecordsOf, recordFor, takeDifferences } from './recorder.ts';

// The runner loads this before each test file, while modules that tests import are loaded once for many.
beforeEach(({ task }) => recordFor(task.id));
afterEach(() => {
  recordFor(undefined);
  expect(takeDifferences()).toEqual([]);
});
afterAll(() => {
  endRecordsOf(expect.getState().testPath ?? '');
  expect(takeDifferences()).toEqual([]);
});
