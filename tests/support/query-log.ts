import Sqlite from 'better-sqlite3';
import pg from 'pg';

/** A query as it went to the database. */
export interface LoggedQuery {
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface HeardQuery extends LoggedQuery {
  /** How often it was asked; the values are those of the last time. */
  readonly times: number;
}

/** Everything that this process asks its databases while it is on. */
export interface QueryLog {
  /** The queries that `work` leads to, each text once. */
  during(work: () => Promise<unknown>): Promise<HeardQuery[]>;
  stop(): void;
}

type Method = (this: unknown, ...given: unknown[]) => unknown;

/** Listens at the drivers, where nothing is left to be added to a query. */
export function logQueries(): QueryLog {
  let log: Map<string, HeardQuery> | undefined;
  const note = (text: string, values: unknown) => {
    if (!log || !isQuery(text)) return;
    const { times = 0 } = log.get(text) ?? {};
    log.set(text, { text, values: Array.isArray(values) ? values : [], times: times + 1 });
  };
  const restore = [
    ...['all', 'run', 'iterate'].map((name) =>
      listen(sqliteStatements, name, (statement, [values]) =>
        // It is a statement of the driver.
        note((statement as Sqlite.Statement).source, values),
      ),
    ),
    listen(pg.Client.prototype, 'query', (_client, [text, values]) => {
      if (typeof text === 'string') note(text, values);
    }),
  ];
  return {
    async during(work) {
      log = new Map();
      await work();
      const queries = [...log.values()];
      log = undefined;
      return queries;
    },
    stop: () => {
      for (const undo of restore) undo();
    },
  };
}

/** What all statements of the driver inherit from. */
const sqliteStatements: object = Object.getPrototypeOf(new Sqlite(':memory:').prepare('select 1'));

function isQuery(text: string): boolean {
  return /^\s*(select|insert|update|delete|with)\b/i.test(text);
}

/** Calls `hear` before each call of a method; answers what undoes that. */
function listen(owner: object, name: string, hear: (self: unknown, given: unknown[]) => void): () => void {
  const original = Reflect.get(owner, name) as Method;
  const heard: Method = function (...given) {
    hear(this, given);
    return original.apply(this, given);
  };
  Reflect.set(owner, name, heard);
  return () => void Reflect.set(owner, name, original);
}
