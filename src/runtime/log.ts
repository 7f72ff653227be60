import { type DestinationStream, type Logger, type LoggerOptions, pino, stdSerializers } from 'pino';

/** Structured log lines. Nothing that a customer wrote and no credential ever goes in. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * Errors are logged with type, message, code and stack. Query parameters and model answers that drivers attach to their
 * errors stay out, because they hold what customers wrote.
 */
function serializeError(error: Error): Record<string, unknown> {
  const { type, message, stack, code } = stdSerializers.err(error) as unknown as Record<string, unknown>;
  const cause = error.cause instanceof Error ? { cause: serializeError(error.cause) } : {};
  return { type, message, stack, ...(code === undefined ? {} : { code }), ...cause };
}

/** Writes to stderr unless given another destination: stdout belongs to the banner and to command output. */
export function createLogger(
  level: string,
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: serializeError },
  };
  return pino(options, destination);
}
