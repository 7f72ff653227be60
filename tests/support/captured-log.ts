import type { Logger } from 'pino';
import { createLogger } from '../../src/runtime/log.ts';

/** A logger at the level that says most, and everything it has written. */
export function captureLog(): { log: Logger; text(): string } {
  const lines: string[] = [];
  const log = createLogger('debug', { write: (line) => void lines.push(line) });
  return { log, text: () => lines.join('') };
}
