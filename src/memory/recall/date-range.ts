import type { ParsedComponents } from 'chrono-node';

/** A span of time in milliseconds, the end excluded. */
export interface DateRange {
  readonly beginMs: number;
  readonly endMs: number;
}

const dayMs = 24 * 60 * 60_000;
/** Words without which a query names no date; parsing takes a hundred times as long as this test. */
const mayNameDate =
  /\d|\b(?:yesterday|today|last|past|ago|before|previous|week|month|year|spring|summer|autumn|fall|winter|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i;

/** Loaded with the first query that needs it: it takes as long as the rest of the start. Asking Node for it each time is felt in each query. */
let chrono: typeof import('chrono-node') | undefined;

/** The span of time that an English text names, seen from a moment: `last May`, `on 8 May 2023`, `the week before`. */
export async function findDateRange(text: string, nowMs: number): Promise<DateRange | undefined> {
  if (!mayNameDate.test(text)) return undefined;
  chrono ??= await import('chrono-node');
  const found = chrono.en.parse(text, { instant: new Date(nowMs), timezone: 'UTC' })[0];
  if (!found) return findMonth(text, nowMs);
  const range = toRange(found.start);
  const end = found.end && toRange(found.end);
  return range && end && end.endMs > range.beginMs ? { beginMs: range.beginMs, endMs: end.endMs } : range;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthAlone =
  /\b(?:last|in|during|since|this) (jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b/i;

/** A month without a year is the last one of that name that has begun; the parser passes over those. */
function findMonth(text: string, nowMs: number): DateRange | undefined {
  const name = text.match(monthAlone)?.[1];
  if (name === undefined) return undefined;
  const month = months.indexOf(name.slice(0, 3).toLowerCase());
  const year = new Date(nowMs).getUTCFullYear();
  const begun = Date.UTC(year, month, 1) <= nowMs ? year : year - 1;
  return { beginMs: Date.UTC(begun, month, 1), endMs: Date.UTC(begun, month + 1, 1) };
}

/** As wide as what was said: a day either side of a day, a month, a year; a mere time of day says nothing. */
function toRange(date: ParsedComponents): DateRange | undefined {
  const [year, month, day] = [date.get('year') ?? 0, (date.get('month') ?? 1) - 1, date.get('day') ?? 1];
  if (date.isCertain('day') || date.isCertain('weekday')) {
    const beginMs = Date.UTC(year, month, day);
    return { beginMs: beginMs - dayMs, endMs: beginMs + 2 * dayMs };
  }
  if (date.isCertain('month'))
    return { beginMs: Date.UTC(year, month, 1), endMs: Date.UTC(year, month + 1, 1) };
  if (date.isCertain('year')) return { beginMs: Date.UTC(year, 0, 1), endMs: Date.UTC(year + 1, 0, 1) };
  return undefined;
}
