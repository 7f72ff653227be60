import { aboutCustomer } from './third-person.ts';

/** The one form of a label that many people word differently. */
const canonicalLabels: readonly (readonly [string, RegExp])[] = [
  ['name', /^(?:first (?:and|&) last |complete |full )?name$|^name and surname$/i],
  ['email', /^e-?mail(?: address| id)?$/i],
  [
    'phone number',
    /^(?:(?:best|contact|cell|mobile|call-?back|tele)?\s*(?:phone|telephone|mobile|cell)(?: number)?|contact number)$/i,
  ],
  ['username', /^user ?name$|^user id$|^login(?: name)?$/i],
  ['order ID', /^order (?:id|no|number|#)$/i],
  ['account ID', /^account (?:id|no|number|#)$/i],
  ['membership level', /^(?:membership|member) (?:level|status|tier)$/i],
  ['address', /^(?:(?:home|full|street)? ?address)$/i],
  ['postal code', /^(?:zip|postal|post)(?: ?code)?$/i],
];

export function canonicalLabel(label: string): string {
  const lasting = label.replace(/^(?:new|current|updated|correct|old) /i, '');
  return canonicalLabels.find(([, pattern]) => pattern.test(lasting))?.[0] ?? label;
}

const reasons =
  /\b(?:please|for me|again|with me|so i can .*|in order to .*|to (?:verify|proceed|look|check|pull).*)\b/gi;

/** The label in the words of a question: "your full name please" → "name". */
export function toLabel(text: string): string {
  const label = text
    .trim()
    .replace(/^(?:your|the|a|an|also|full|current|is)\s+/i, '')
    .replace(reasons, '')
    .replace(/\b(?:do|would|should|will|are|can) you .*$/i, '')
    .replace(/[\s,.?!]+/g, ' ')
    .trim()
    .replace(/^your /i, '');
  // A name at the end addresses the customer: "your membership level, Ines".
  const unaddressed = label.replace(/(?<=\p{Ll}) \p{Lu}\p{Ll}+$/u, '');
  return canonicalLabel(aboutCustomer(unaddressed).replace(/\btheir\b/g, 'the'));
}

const personal =
  /^(?:name|email|phone number|username|(?:(?:shipping|billing|delivery|mailing|postal) )?address|postal code|account ID|membership level|birthday|date of birth|company|job|occupation|nationality|preferred name|language)$/;

/** Whether it names a detail of the person; any other label belongs to what the conversation is about. */
export function isPersonalLabel(label: string): boolean {
  return personal.test(label);
}
