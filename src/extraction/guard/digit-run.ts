/** Digits that belong together, as written or as read out: "4111 1111", "four one double one". */
export interface DigitRun {
  readonly start: number;
  readonly end: number;
  /** Its groups in order; each has its own position. */
  readonly groups: readonly DigitGroup[];
}

export interface DigitGroup {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
}

const units: Readonly<Record<string, string>> = {
  zero: '0',
  oh: '0',
  nought: '0',
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
};
const teens: Readonly<Record<string, string>> = {
  ten: '10',
  eleven: '11',
  twelve: '12',
  thirteen: '13',
  fourteen: '14',
  fifteen: '15',
  sixteen: '16',
  seventeen: '17',
  eighteen: '18',
  nineteen: '19',
};
const tens: Readonly<Record<string, string>> = {
  twenty: '2',
  thirty: '3',
  forty: '4',
  fifty: '5',
  sixty: '6',
  seventy: '7',
  eighty: '8',
  ninety: '9',
};
const repeats: Readonly<Record<string, number>> = { double: 2, triple: 3 };

const unit = Object.keys(units).join('|');
const teen = Object.keys(teens).join('|');
const ten = Object.keys(tens).join('|');
const group = `\\d+|(?:(?:double|triple)[ -])?(?:${unit})\\b|(?:${teen})\\b|(?:${ten})(?:[ -](?:${unit}))?\\b`;
const separator = '(?: ?[-–./,] ?| {1,2})';
const runPattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${group})(?:${separator}(?:${group}))*`, 'giu');
const groupPattern = new RegExp(group, 'gi');

/** Every run in the text, also those of a single group. A number with a plus in front is a phone number and no run. */
export function digitRuns(text: string): DigitRun[] {
  return [...text.matchAll(runPattern)]
    .filter(({ index }) => text[index - 1] !== '+')
    .map(({ 0: run, index }) => ({ start: index, end: index + run.length, groups: groupsOf(run, index) }));
}

function groupsOf(run: string, offset: number): DigitGroup[] {
  return [...run.matchAll(groupPattern)].map(({ 0: text, index }) => ({
    start: offset + index,
    end: offset + index + text.length,
    digits: toDigits(text.toLowerCase()),
  }));
}

function toDigits(text: string): string {
  if (/^\d/.test(text)) return text;
  const [first = '', second = ''] = text.split(/[ -]/);
  const repeat = repeats[first];
  if (repeat) return (units[second] ?? '').repeat(repeat);
  const ten = tens[first];
  return ten ? ten + (units[second] ?? '0') : (units[first] ?? teens[first] ?? '');
}

/** The digits of consecutive groups whose number of digits is within the bounds, longest first from each start. */
export function windowsOf(
  { groups }: DigitRun,
  lengthMin: number,
  lengthMax: number,
): { start: number; end: number; digits: string }[] {
  const windows: { start: number; end: number; digits: string }[] = [];
  for (const [from, first] of groups.entries()) {
    let digits = '';
    const ofStart: typeof windows = [];
    // A group has one digit at least.
    for (const { digits: more, end } of groups.slice(from, from + lengthMax)) {
      digits += more;
      if (digits.length > lengthMax) break;
      if (digits.length >= lengthMin) ofStart.unshift({ start: first.start, end, digits });
    }
    windows.push(...ofStart);
  }
  return windows;
}
