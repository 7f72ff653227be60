import { canonicalLabel } from './labels.ts';
import { startingWith } from './patterns.ts';

/** A detail with its name: "order ID", "4410-22". */
export interface Detail {
  readonly label: string;
  readonly value: string;
}

const email = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,4}/u;
const phone = /\+?\(?\d[\d\s().-]{7,18}\d(?![\p{L}\p{N}])/u;

/** What the value of a label looks like; labels that are not here take anything short. */
const shapes: readonly (readonly [RegExp, RegExp])[] = [
  [/^email$/, new RegExp(`^${email.source}$`, 'u')],
  [/^phone number$/, new RegExp(`^${phone.source}$`, 'u')],
  [/^name$|\bname$/, /^\p{L}[\p{L}.'-]*(?: \p{L}[\p{L}.'-]*){0,4}$/u],
  [/^username$/, /^[\p{L}\p{N}._@-]{2,40}$/u],
  [/\b(?:number|id|code|#)\b/i, /^(?=.*\p{N})[\p{L}\p{N}#/. -]{2,40}$/u],
];

const namedDetail =
  /^(?:(?:my|the) )?((?:[\p{L}-]+ ){0,3}(?:name|e-?mail(?: address)?|phone|number|mobile|address|id|code|username|account|level|birthday|date of birth|reference|zip))\s*(?:(?:is|was|would be|will be|number is|:|=|#)\s*)+(.{2,120})$/iu;
const labelled = /^([\p{L}][\p{L} '#-]{1,30}?)\s*[:=]\s*(\S.{0,120})$/u;

const nameWord = "\\p{Lu}[\\p{L}'-]+";
const introductions = [
  `(?:[Tt]his is|[Yy]ou can call me|[Cc]all me) (${nameWord}(?: ${nameWord}){0,3})(?: (?:here|speaking))?`,
  // "I'm German" is no name; two words most likely are.
  `(?:[Ii]'m|[Ii]m|[Ii] am) (${nameWord}(?: ${nameWord}){1,3})`,
  `(?:[Ii]t's |[Ii]'m |[Ii] am )?(${nameWord}(?: ${nameWord}){0,3}) (?:here|speaking)`,
].map((pattern) => new RegExp(`^${pattern}[.!]?$`, 'u'));

/** A detail that says itself what it is: "my name is Ines Duarte", "Order ID: 4410-22". */
export function readNamedDetail(sentence: string): Detail | undefined {
  const name = introductions
    .map((pattern) => pattern.exec(sentence)?.[1])
    .find((found) => found !== undefined);
  if (name !== undefined) return { label: 'name', value: name };
  const match = namedDetail.exec(sentence) ?? labelled.exec(sentence);
  if (!match?.[1] || !match[2]) return undefined;
  const label = canonicalLabel(match[1].trim().replace(/^(?:my|the) /i, ''));
  const value = cleanValue(match[2]);
  if (label.toLowerCase() === 'number' && fits('phone number', value))
    return { label: 'phone number', value };
  return fits(label, value) ? { label, value } : undefined;
}

/** The detail that an answer gives, when exactly such details were asked for. */
export function readAskedDetail(answer: string, labels: readonly string[]): Detail | undefined {
  const value = cleanValue(answer);
  const label = labels.find(
    (candidate) => fits(candidate, value) && !(email.test(value) && candidate !== 'email'),
  );
  return label === undefined ? undefined : { label, value };
}

/** An address to reach the customer under that nobody asked for by name. */
export function readBareContact(sentence: string): Detail | undefined {
  const value = cleanValue(sentence);
  if (fits('email', value)) return { label: 'email', value };
  if (fits('phone number', value)) return { label: 'phone number', value };
  return undefined;
}

const valueWordsMax = 12;

function fits(label: string, value: string): boolean {
  if (value.split(' ').length > valueWordsMax) return false;
  const shape = shapes.find(([names]) => names.test(label))?.[1];
  return shape === undefined || shape.test(value);
}

const valueLeads = startingWith(
  "(?:it|that|this|they|these)(?:'s|s| is| are| was| would be| will be|'ll be)",
  "i(?:'m| am)|my (?:name|email|number) is",
  "(?:how|what) about|make (?:it|that)|let's (?:do|say|make it)|say|maybe",
);
const articles = /^(?:(?:please|just|for|only|an?)\s+)+/i;
const agreeable = '(?:fine|good|great|ok|okay|perfect)';
const valueEnd = new RegExp(
  `(?:,? (?:please|thanks|thank you|works(?: for me)?|(?:will|would) (?:do|work|be ${agreeable})|is ${agreeable}))?[\\s.,;!?]*$`,
  'i',
);

/** Without the words that lead up to a value, and without the punctuation after it. */
export function cleanValue(text: string): string {
  const value = text.replace(valueEnd, '');
  const withoutLead = value.replace(valueLeads, '').trim().replace(articles, '');
  return (withoutLead || value).trim();
}
