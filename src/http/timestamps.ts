import Type from 'typebox';
import { errors } from '../errors/index.ts';

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})$/;
/** Offsets reach into the years before 0 and after 9999, which have no form that clients read. */
const earliestMs = Date.parse('0000-01-01T00:00:00Z');
const latestMs = Date.parse('9999-12-31T23:59:59.999Z');

/** Milliseconds since the epoch of any RFC 3339 time; undefined when the text is none, or names no moment that could be answered. */
export function parseTimestamp(text: string): number | undefined {
  if (!rfc3339.test(text)) return undefined;
  const normal = text
    .toUpperCase()
    .replace(' ', 'T')
    .replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
  const timeMs = Date.parse(normal);
  if (Number.isNaN(timeMs) || timeMs < earliestMs || timeMs > latestMs) return undefined;
  // Date.parse lets the 31st of a shorter month roll over.
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number];
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate() ? timeMs : undefined;
}

/** A time as members and parameters carry it. */
export const Timestamp = Type.String({ format: 'date-time' });

/** Milliseconds of a member that a schema with `Timestamp` has let through. */
export function toMs(name: string, text: string): number {
  const timeMs = parseTimestamp(text);
  if (timeMs === undefined) throw errors.invalid(name, 'must be an RFC 3339 time');
  return timeMs;
}
