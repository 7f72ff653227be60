import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheStatements } from './statement-cache.ts';

let connection: Sqlite.Database;
beforeEach(() => {
  connection = new Sqlite(':memory:');
});
afterEach(() => void connection.close());

describe('the statement cache', () => {
  it('prepares a text once', () => {
    const cached = cacheStatements(connection);
    expect(cached.prepare('select 1')).toBe(cached.prepare('select 1'));
    expect(cached.prepare('select 2')).not.toBe(cached.prepare('select 1'));
  });

  it('keeps 500 statements and lets the oldest go', () => {
    const cached = cacheStatements(connection);
    const [first, second] = [cached.prepare('select 0'), cached.prepare('select 1')];
    for (let index = 2; index <= 500; index += 1) cached.prepare(`select ${index}`);
    expect(cached.prepare('select 1')).toBe(second);
    expect(cached.prepare('select 0')).not.toBe(first);
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
