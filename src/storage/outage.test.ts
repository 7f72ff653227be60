import { describe, expect, it } from 'vitest';
import { describeOutage } from './outage.ts';

const failure = (code: string | undefined, message = 'failed') =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

describe('an outage of the database', () => {
  it.each([
    ['SQLITE_FULL', 'no space'],
    ['53100', 'no space'],
    ['SQLITE_READONLY_DBMOVED', 'read-only'],
    ['25006', 'read-only'],
    ['SQLITE_BUSY', 'busy'],
    ['53300', 'busy'],
    ['57014', 'busy'],
    ['57P01', 'does not answer'],
    ['08006', 'does not answer'],
    ['ECONNREFUSED', 'does not answer'],
  ])('is told by the code %s', (code, words) => {
    expect(describeOutage(failure(code))).toContain(words);
  });

  it.each([
    ['Connection terminated unexpectedly', 'does not answer'],
    ['Connection terminated due to connection timeout', 'does not answer'],
    ['timeout exceeded when trying to connect', 'busy'],
    ['Query read timeout', 'busy'],
  ])('is told by the message "%s" of an error without a code', (message, words) => {
    expect(describeOutage(failure(undefined, message))).toContain(words);
  });

  it.each([
    ['a unique violation', failure('23505')],
    ['a syntax error', failure('42601')],
    ['a broken constraint', failure('SQLITE_CONSTRAINT_UNIQUE')],
    ['a mistake of ours', new TypeError('undefined is not a function')],
    ['what is no error', 'Connection terminated'],
  ])('is not %s', (_, error) => {
    expect(describeOutage(error)).toBeUndefined();
  });
});
