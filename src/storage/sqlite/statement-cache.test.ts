import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheStatements } from './statement-cache.ts';

let connection: Sqlite.Database;
beforeEach(() => {
  connection = new Sqlite(':memory:');
});
afterEach(() => void connection.close());

/** A third of what the cache keeps, each number another text. */
function longQuery(number: number): string {
  return `select ${number} -- `.padEnd(66_000, 'x');
}

describe('the statement cache', () => {
  it('prepares a text once', () => {
    const cached = cacheStatements(connection);
    expect(cached.prepare('select 1')).toBe(cached.prepare('select 1'));
    expect(cached.prepare('select 2')).not.toBe(cached.prepare('select 1'));
  });

  it('keeps texts of 200,000 characters together and lets the oldest go', () => {
    const cached = cacheStatements(connection);
    const [first, second] = [cached.prepare(longQuery(1)), cached.prepare(longQuery(2))];
    cached.prepare(longQuery(3));
    expect(cached.prepare(longQuery(1))).toBe(first);
    cached.prepare(longQuery(4));
    expect(cached.prepare(longQuery(2))).toBe(second);
    expect(cached.prepare(longQuery(1))).not.toBe(first);
  });

  it('does not keep a text that is longer than that', () => {
    const cached = cacheStatements(connection);
    const short = cached.prepare('select 1');
    const text = `select 2 -- ${'x'.repeat(200_000)}`;
    expect(cached.prepare(text)).not.toBe(cached.prepare(text));
    expect(cached.prepare('select 1')).toBe(short);
  });

  it('does not keep what cannot be prepared', () => {
    const cached = cacheStatements(connection);
    expect(() => cached.prepare('select from nowhere')).toThrow();
    expect(() => cached.prepare('select from nowhere')).toThrow();
  });

  it('survives a change of the schema', () => {
    const cached = cacheStatements(connection);
    connection.exec('create table t (a)');
    connection.exec('insert into t values (1)');
    expect(cached.prepare('select * from t').all([])).toEqual([{ a: 1 }]);
    connection.exec('alter table t add column b');
    expect(cached.prepare('select * from t').all([])).toEqual([{ a: 1, b: null }]);
  });
});
