/**
 * What keeps the database from doing its work for the time being, as a sentence for a caller; undefined for every other
 * failure. Codes are SQLite's result codes, PostgreSQL's SQLSTATEs and those of the operating system for connections.
 */
export function describeOutage(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? String(error.code) : '';
  return causes.find(({ codes, messages }) => codes.test(code) || messages?.test(error.message))?.sentence;
}

interface Cause {
  readonly codes: RegExp;
  /** The driver of PostgreSQL gives no code to what it finds out itself. */
  readonly messages?: RegExp;
  readonly sentence: string;
}

const causes: readonly Cause[] = [
  {
    codes: /^(SQLITE_FULL|SQLITE_IOERR_WRITE|53100|ENOSPC)$/,
    sentence: 'The database has no space left: it can be read, and takes no writes.',
  },
  {
    codes: /^(SQLITE_READONLY\w*|25006)$/,
    sentence: 'The database is read-only: it takes no writes.',
  },
  {
    codes: /^(SQLITE_BUSY\w*|53\d{3}|57014|55P03)$/,
    messages: /^(timeout exceeded when trying to connect|Query read timeout)$/,
    sentence: 'The database is busy.',
  },
  {
    codes:
      /^(08\w{3}|57P0\w|ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)$/,
    messages: /^(Connection terminated|Client has encountered a connection error)/,
    sentence: 'The database does not answer.',
  },
];
