import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';

/**
 * A connection pool as Kysely takes it, whose queries are sent in their callback form. When node-postgres makes the promise or
 * watches the time itself, V8 keeps a query that is long done, with all of its values, until it next collects the old
 * generation: several times the memory under load (docs/decisions/0009-imports.md).
 *
 * A query fails when nothing came back for `silenceMs`; the server may be out of reach then. Its connection still waits for that
 * answer: it takes no further query, not even a rollback, and the pool closes it when it is released. Without `silenceMs`, queries wait.
 */
export function callbackPool(pool: pg.Pool, silenceMs: number | undefined): PostgresPool {
  return {
    options: pool.options,
    connect: async () => callbackClient(await pool.connect(), silenceMs),
    end: () => pool.end(),
  };
}

function callbackClient(client: pg.PoolClient, silenceMs: number | undefined): PostgresPoolClient {
  let isSilent = false;
  const query = (text: string, values: readonly unknown[]) =>
    new Promise((resolve, reject) => {
      const fallSilent = () => {
        isSilent = true;
        reject(silenceError());
      };
      if (isSilent) return fallSilent();
      const silence = silenceMs === undefined ? undefined : setTimeout(fallSilent, silenceMs);
      client.query(text, [...values], (error, result) => {
        clearTimeout(silence);
        if (error) reject(error);
        else resolve(result);
      });
    });
  return {
    // Kysely asks for cursors only where it was given a class for them.
    query: query as PostgresPoolClient['query'],
    release: (isDestroyed) => client.release(isDestroyed || isSilent),
  };
}

/** In the words of node-postgres, by which outages are known. */
function silenceError(): Error {
  return new Error('Query read timeout');
}
