import type { ParsedResult } from 'chrono-node';
import type { Clause } from './clause.ts';

const dayMs = 24 * 60 * 60_000;
const weekday = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';
/** Days that follow from when they were named. Parsing takes a hundred times as long as this test. */
const relativeDay = new RegExp(
  `\\b(?:today|tonight|tomorrow|yesterday|(?:this|next|last) ${weekday}|${weekday} (?:this|next|last) week|in (?:\\d+|a|two|three) (?:days?|weeks?)|(?:\\d+|a|two|three) (?:days?|weeks?) ago)\\b`,
  'i',
);
/** "Next Friday" and "last Friday", which some say of the nearest one and some of the one in another week. */
const otherWeek = new RegExp(`\\b(?:next|last) ${weekday}\\b`, 'i');
const calendarDate =
  /^[\s,(]*(?:on )?(?:the )?(?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\p{L}*(?:st|nd|rd|th)?\b(?! ?(?:am|pm|:))/iu;

/**
 * The clause with the calendar day behind each day that was named from the message's point of view: "tomorrow (2026-03-05)".
 * Days are counted in UTC. What could mean two days stays as it was said, and so does what has its date beside it.
 */
export async function withCalendarDays<C extends Clause>(clause: C): Promise<C> {
  const { text, turn } = clause;
  if (!relativeDay.test(text)) return clause;
  // Loaded with the first clause that needs it: it takes as long as the rest of the start.
  const { en } = await import('chrono-node');
  const found = en.parse(text, { instant: new Date(turn.occurredAt), timezone: 'UTC' });
  const isPlain = (result: ParsedResult) =>
    !result.end && relativeDay.test(result.text) && !calendarDate.test(text.slice(endOf(result)));
  const dated = found
    .filter(isPlain)
    .toReversed()
    .reduce((written, result) => insert(written, result, turn.occurredAt), text);
  return { ...clause, text: dated };
}

function insert(text: string, result: ParsedResult, saidAt: number): string {
  const day = dayOf(text, result);
  if (otherWeek.test(result.text) && isAmbiguous(day, saidAt)) return text;
  const end = endOf(result);
  return `${text.slice(0, end)} (${new Date(day).toISOString().slice(0, 10)})${text.slice(end)}`;
}

/** The start of the day in UTC. The parser does not know "day after tomorrow" without its article. */
function dayOf(text: string, { start, index }: ParsedResult): number {
  const before = text.slice(0, index);
  const shift = /\bday after $/i.test(before) ? dayMs : /\bday before $/i.test(before) ? -dayMs : 0;
  const [year, month, day] = [start.get('year') ?? 0, (start.get('month') ?? 1) - 1, start.get('day') ?? 1];
  return Date.UTC(year, month, day) + shift;
}

/** Whether one such weekday lies in this week, before or after the message as the words have it, and one in another. */
function isAmbiguous(day: number, saidAt: number): boolean {
  if (weekOf(day) === weekOf(saidAt)) return true;
  const nearest = day > saidAt ? day - 7 * dayMs : day + 7 * dayMs;
  return weekOf(nearest) === weekOf(saidAt) && nearest > saidAt === day > saidAt;
}

/** Weeks since a Monday long ago. */
function weekOf(timeMs: number): number {
  return Math.floor((timeMs / dayMs + 3) / 7);
}

function endOf({ index, text }: ParsedResult): number {
  return index + text.replace(/[\s,]+$/, '').length;
}
