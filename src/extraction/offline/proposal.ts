import { being, containing, oneOf, startingWith } from './patterns.ts';
import { saysSomething } from './text.ts';
import { aboutCustomer } from './third-person.ts';

/** What an agent put before the customer. */
export interface Proposal {
  /** `confirmation` repeats what the customer asked for; `offer` is new. */
  readonly kind: 'confirmation' | 'offer';
  readonly text: string;
  /** Put as an offer. Otherwise it only names something, and may as well answer a question. */
  readonly isExplicit: boolean;
}

const confirmations = [
  containing('confirm(?:ing|ation)?|verify(?:ing)?|to be clear|make sure|double.?check|ensure'),
  containing('is (?:that|this|it) (?:right|correct|ok(?:ay)?)'),
  startingWith("(?:so |then )*you(?:'d| would)? (?:want|like|need|wish)"),
  /\bcorrect\b.*\?/i,
  /, right\?/i,
];

/** Whether an agent sums up what the customer wants. */
export function isConfirmation(sentence: string): boolean {
  return confirmations.some((pattern) => pattern.test(sentence)) && saysSomething(clean(sentence));
}

const finding =
  "(?:i|we)(?:'ve| have| had| was able to| were able to)?(?: also| just| successfully)* (?:found|find|located|locate|got|have|searched|discovered|suggest|recommend)";
const offers = [
  startingWith(
    '(?:so |and |also )*(?:how|what) about',
    '(?:so |and |also )*what do you think',
    'how (?:would|do) you (?:consider|feel|like)',
    'would you (?:be interested|prefer|care for)',
    'do you (?:mind|like)',
    "(?:so |and |also )*there(?:'s| is| are| was)",
    "here(?:'s| is)",
    finding,
    '(?:i|we) (?:can|could)(?! see\\b)',
  ),
  containing(
    '(?:is|are) available',
    "if you(?:'d| would)? like",
    '(?:does|how does|would) (?:that|this|it) (?:sound|work|suit)',
    'is (?:that|this|it) (?:fine|good|alright|all right)',
  ),
];

/** Whether an agent puts something before the customer to take or leave. */
export function isOffer(sentence: string): boolean {
  return offers.some((pattern) => pattern.test(sentence));
}

/** Names or figures: what turns words into something that can be taken up. */
export function isSpecific(text: string): boolean {
  const unaddressed = text.replace(/, \p{Lu}\p{Ll}+[.!?]*$/u, '');
  return /\d/.test(text) || /[\p{Ll},] (?!I\b)\p{Lu}/u.test(unaddressed);
}

const number = '(?:\\d+|a few|some|several|many|multiple|various)';
/** "I found 4 that may suit you": says that there is a choice, and the choice comes in the next sentence. */
const countOnly = new RegExp(
  `^(?:(?:(?:[Ii]|[Ww]e)(?:'ve| have| managed to)?(?: also)? |[Tt]here |[Yy]ou )?(?:found|find|located|have|got|see|discovered|searched|are|is)(?: that| of| you)* )?${number}(?: \\p{Ll}+){1,8}[.!]?$`,
  'u',
);

/** The substance of the sentences that propose something; empty when they have none. */
export function proposalText(sentences: readonly string[]): string {
  const telling = sentences.filter((sentence) => sentences.length === 1 || !countOnly.test(sentence));
  return telling.map(clean).filter(saysSomething).join('. ');
}

const asking = oneOf('confirm(?:ing)? verify(?:ing)? double.?check(?:ing)? check(?:ing)? ensure review');
const interest =
  '(?:mind|like|prefer|care for|be interested in|consider|want|may choose|might like|may like)';

/** Words that lead up to what is proposed, in the order in which they stand before each other. */
const leads: readonly RegExp[] = [
  /^(?:so|and|then|also|ok(?:ay)?|alright|please|kindly|well)[\s,:-]+/i,
  new RegExp(
    `^(?:i(?:'m| am)? )?(?:just )?(?:to )?(?:re)?(?:${asking}|be clear|make sure)(?: the| these| following| details?| information| that| below| this|:|,| for)*[\\s,:-]*`,
    'i',
  ),
  /^(?:i(?:'ll| will| am going to|'m going to|'m| am|(?:'d| would) like to)|(?:we|you)(?: are|'re)(?: going to| trying to)?) (?!sorry)/i,
  /^you(?:'d| would)? (?:want|like|wish|need)(?: me| us)?(?: to)? /i,
  new RegExp(
    `^(?:(?:how|what) about|what do you think (?:about|of)|how would you consider(?: having)?|how do you feel about|(?:whether |do |would )?you ${interest}|how (?:do|does|would)|does|is|will|would|shall i (?:book|choose|take))(?: (?:trying|to|having|flying|going|with))* `,
    'i',
  ),
  /^(?:do you )?want (?:to (?:take|try|have|see) )?/i,
  /^there(?:'s| is| are| was) (?:also )?/i,
  /^(?:i|we)(?:'ve| have| was able to| were able to)?(?: also| just| successfully)* (?:found|find|located|locate|got|have|see|discovered|(?:can )?suggest|(?:can )?recommend|can offer)(?: you| for you)? /i,
  /^(?:here|that)(?:'s| is) /i,
  /^(?:i|we) (?:see|think|believe) (?:that )?/i,
];

const fine = '(?:correct|right|ok(?:ay)?|fine|good)';
const it = '(?:that|this|it)';
const questionsAtEnd = [
  `is (?:${it}|everything)(?: all)? ${fine}(?: for you)?`,
  'correct|right|yes|ok(?:ay)?|what do you think',
  `(?:how )?(?:does|would|will) ${it} (?:sound|work|suit)(?: (?:good|to|for)(?: you)?)*`,
  `would you (?:be interested|like ${it})|do you (?:like|want) ${it}`,
  'sounds? (?:good |ok(?:ay)? |to |for |you)*(?:to you|for you|good|ok(?:ay)?)?',
  'works?(?: for you)?|be (?:ok(?:ay)?|fine|good)(?: for you)?',
];
const end = new RegExp(`[,.]?\\s*(?:and )?(?:${questionsAtEnd.join('|')})\\s*$`, 'i');

function clean(sentence: string): string {
  const text = leads.reduce((rest, lead) => rest.replace(lead, ''), sentence.replace(/[\s?.!]+$/, ''));
  return aboutCustomer(text.replace(end, '').trim());
}

/** An agent who says who they are. */
export const introduction = being(
  "(?:this is|my name is|you(?:'re| are) (?:speaking|talking|chatting) (?:to|with)) .*",
);
