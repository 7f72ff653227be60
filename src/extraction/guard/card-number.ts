import type { Finding } from './category.ts';
import { removed } from './category.ts';
import { passesLuhn } from './check-digits.ts';
import { type DigitRun, digitRuns, windowsOf } from './digit-run.ts';

/** Prefixes and lengths of the card networks. */
const networks: readonly RegExp[] = [
  /^4(?:\d{12}|\d{15}|\d{18})$/,
  /^(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}$/,
  /^3[47]\d{13}$/,
  /^(?:6011|64[4-9]\d|65\d{2})\d{12,15}$/,
  /^(?:30[0-5]|36\d|38\d|39\d)\d{11}$/,
  /^35(?:2[89]|[3-8]\d)\d{12,15}$/,
  /^62\d{14,17}$/,
  /^(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15}$/,
];
const lengthMin = 12;
const lengthMax = 19;

const cardName =
  '(?:(?:credit|debit|bank|payment|prepaid|gift) ?card|card(?: number| no\\.?)?|visa|master ?card|amex|american express|maestro|discover card)';
/** "card number is", right before the digits. */
const cardBefore = new RegExp(
  `\\b${cardName}(?:[’']s)?[\\s,:#]*(?:(?:number|no\\.?|is|was|it's|:|#)[\\s,:]*){0,3}$`,
  'i',
);
/** Names of numbers that look like those of cards and are wanted. */
const otherBefore =
  /\b(?:order|tracking|parcel|shipment|package|consignment|waybill|reference|ref|invoice|serial|imei|ticket|case|booking|confirmation|loyalty|part|product|sku)(?: (?:number|no\.?|id|code))?[\s,:#]*(?:is|was)?[\s:#]*$/i;

const securityCode =
  /\b(?:cvv2?|cvc2?|csc|cid|(?:card )?security (?:code|number)|(?:three|3|four|4)[- ]digit (?:code|number)(?: on the (?:back|front))?|(?:code|number|digits) on the back(?: of (?:my|the|it|their) ?(?:card)?)?)\b[\s,:#]*(?:(?:number|code|is|are|was|it's)[\s,:]*){0,2}(\d{3,4}(?!\d)|(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b[ -]?){3,4})/gi;
const expiry =
  /\b(?:exp(?:ir(?:y|ation|es|ing))?\.?(?: date)?|valid (?:thru|through|until|to))[\s,:]*(?:is |on |in )?(\d{1,2} ?[/-] ?(?:20)?\d{2})(?!\d)/gi;
const ofCard = new RegExp(`\\b(?:${cardName}|cvv|cvc)\\b|\\[card ending`, 'i');

/** Card numbers, written or read out, and what is asked for along with them. */
export function findCards(text: string): Finding[] {
  return [
    ...digitRuns(text).flatMap((run) => findInRun(text, run)),
    ...findValues(text, securityCode),
    ...(ofCard.test(text) ? findValues(text, expiry) : []),
  ];
}

function findInRun(text: string, run: DigitRun): Finding[] {
  const before = text.slice(Math.max(0, run.start - 60), run.start);
  if (otherBefore.test(before)) return [];
  const isNamed = cardBefore.test(before);
  const found = windowsOf(run, lengthMin, lengthMax).find(
    ({ start, digits }) => isCardNumber(digits) || (isNamed && start === run.start),
  );
  if (!found) return [];
  const { start, end, digits } = found;
  return [{ start, end, category: 'payment-cards', replacement: `[card ending in ${digits.slice(-4)}]` }];
}

function isCardNumber(digits: string): boolean {
  return networks.some((network) => network.test(digits)) && passesLuhn(digits);
}

/** What the pattern's first group matches. */
function findValues(text: string, pattern: RegExp): Finding[] {
  return [...text.matchAll(pattern)].map((match) => {
    const value = (match[1] ?? '').trimEnd();
    const start = match.index + match[0].lastIndexOf(value);
    return { start, end: start + value.length, category: 'payment-cards', replacement: removed };
  });
}
