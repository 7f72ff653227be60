import { toLabel } from './labels.ts';
import { containing, oneOf } from './patterns.ts';
import { capitalise, saysSomething } from './text.ts';
import { aboutCustomer } from './third-person.ts';

/** What an agent asked, in the form in which an answer can be written down. */
export type Question =
  /** Details of the customer or the case, to be told apart by their shape: "your username and order ID". */
  | { readonly kind: 'details'; readonly labels: readonly string[] }
  /** Anything else with a value for an answer. */
  | { readonly kind: 'open'; readonly label: string }
  | YesNoQuestion;

/** Answered with yes or no; the clauses say what that means. */
export interface YesNoQuestion {
  readonly kind: 'yes-no';
  readonly yes: string;
  readonly no: string;
  /** Asks what the customer wants, rather than what is so. */
  readonly isWish: boolean;
}

const courtesies = containing(
  '(?:anything|something|what|how) else',
  'how (?:can|may|could) (?:i|we)|how are you|still need me|would that be all|one moment',
  '(?:can|may|could) i (?:be of|help|assist)|help you|need (?:any )?help|assist(?:ance|ing)?|other (?:help|matter)',
  '(?:any (?:other|more|further)(?![\\p{L}]).*[^\\p{L}](?:questions?|concerns?|help|assistance))',
  '(?:am i|is this) (?:speaking|talking|chatting)',
);

/** Whether an agent only offers help, in whatever words. */
export function isCourtesy(sentence: string): boolean {
  return courtesies.test(sentence);
}

/** Reads one sentence of an agent; undefined when it asks nothing that has an answer to write down. */
export function readQuestion(sentence: string): Question | undefined {
  const isAsked = sentence.endsWith('?');
  const text = sentence.replace(/[?.!\s]+$/, '');
  const details = readDetails(text, isAsked || /please/i.test(text));
  const question = details ?? readOpen(fromQuestionWord(text));
  if (question || !isAsked) return question;
  return readYesNo(text.replace(/^(?:\p{L}+, )+/u, '')) ?? readShort(fromQuestionWord(text));
}

/** Without what stands before the question word: "Sure, and in which city". */
function fromQuestionWord(text: string): string {
  return text.replace(
    /^(?:[\p{L}']+,? ){0,3}?(?=(?:and )?(?:in|on|at|from|for|to|by)? ?(?:what|which|where|when|how|who|whether)\b)/iu,
    '',
  );
}

const askedDetails = [
  /\b(?:may|can|could|might) (?:i|we) (?:please |also |just )*(?:have|get|ask(?: for| you for)?|know|take|see)(?: for)? (?:your|the) (.+)/i,
  /\b(?:i|we)(?:'d|'ll| would| will)?(?: also| just| still| only)* (?:need|require|like)(?: to (?:have|know|get))? (?:your|the) (.+)/i,
  /\b(?:give|provide|tell|share|confirm|verify|send|spell|type|enter|let)(?: me| us)?(?: know| have| with)? (?:your|the) (.+)/i,
  /\bwhat(?:'s|s| is| are|'re) (?:your|the) (.+)/i,
];
const bareDetails = /^(?:and |also )?your (.+)/i;
const labelWordsMax = 8;

function readDetails(text: string, isRequest: boolean): Question | undefined {
  const patterns = isRequest ? [...askedDetails, bareDetails] : askedDetails;
  for (const pattern of patterns) {
    const labels = (pattern.exec(text)?.[1] ?? '')
      .split(/,\s*(?:and |or )?|\s+(?:and|or)\s+|\s*&\s*|\//i)
      .map(toLabel)
      .filter((label) => label.length >= 2 && label.split(' ').length <= labelWordsMax);
    if (labels.length > 0) return { kind: 'details', labels };
  }
  return undefined;
}

const auxiliary = oneOf('do would should will shall are is can could did does have has were was must may');
const toWhom = `(?:${auxiliary} )?(?:you|i|we|it|that|they)\\b ?`;
const preposition = '(?:and )?(?:(?:in|on|at|from|for|to|by) )?';
const howMany = new RegExp(`^how many ([\\w' -]*?)\\s*(?:${auxiliary} .*)?$`, 'i');
const whichThing = new RegExp(`^${preposition}(?:what|which) ([\\w' /-]+?) ${toWhom}(.*)$`, 'i');
const whereOrWhen = new RegExp(`^${preposition}(where|when|how|what) ${toWhom}(.*)$`, 'i');

function readOpen(text: string): Question | undefined {
  const [, counted] = howMany.exec(text) ?? [];
  if (counted !== undefined) return open(`number of ${counted.trim() || 'items'}`);
  const [, thing, predicate = ''] = whichThing.exec(text) ?? whereOrWhen.exec(text) ?? [];
  return thing === undefined ? undefined : open(`${thing} ${purpose(predicate)}`);
}

function open(label: string): Question {
  return { kind: 'open', label: aboutCustomer(label).replace(/\s+/g, ' ').trim() };
}

const wanting = new RegExp(
  `^(?:(?:also |still )?${oneOf(`
    like want need prefer wish require be plan(?:ning)? looking going intend(?:ing)? hoping thinking trying have interested
  `)}(?: (?:me|us))?(?: (?:to|for|on|of|about))?(?= |$)\\s*)+`,
  'i',
);

/** "want to book the table for" → "to book the table for"; "be leaving from" → "leaving from". */
function purpose(predicate: string): string {
  const rest = predicate.replace(wanting, '').trim();
  if (rest === '' || /^(?:it|that|this|for|to|the)$/i.test(rest)) return '';
  return /^(?:\w+ing|headed|the|a|your|it|in|on|at|from|for|to)\b/i.test(rest) ? rest : `to ${rest}`;
}

function readYesNo(text: string): Question | undefined {
  return readChoice(text) ?? readWish(text) ?? readProposal(text) ?? readConsent(text) ?? readState(text);
}

const choice =
  /^(?:so |and |ok |okay )?(?:do|would|did|will|is|are|was|were|should) (?:you |i |it |we |that |they )?(?:(?:also |still )?(?:want|like|need|prefer|be)(?: me| us)?(?: to)? )?(.+ or .+)$/i;

/** "Do you prefer a window or an aisle seat?" */
function readChoice(text: string): Question | undefined {
  const options = choice.exec(text)?.[1];
  return options === undefined ? undefined : { kind: 'open', label: aboutCustomer(options) };
}

const wish =
  /^(?:so |and |ok |okay |but )?(?:do|would|did|will) you (?:also |still )?(?:want|like|need|prefer|require|wish|care)(?: for)?( me| us)? ?(.+)$/i;

/** "Would you like me to call you?" */
function readWish(text: string): Question | undefined {
  const [, ofAgent, thing] = wish.exec(text) ?? [];
  if (thing === undefined) return undefined;
  const wanted = aboutCustomer(`${ofAgent ? 'the agent ' : ''}${thing}`);
  return saysSomething(wanted) ? aboutWish(wanted) : undefined;
}

const proposal =
  /^(?:so |and )?(?:should|shall|can|may|could) (?:i|we) (?:go ahead and |also |try to )*(.+)$/i;

/** "Shall I send it to you?"; "Shall I book that?" says nothing that the offer before it does not say. */
function readProposal(text: string): Question | undefined {
  const action = proposal.exec(text)?.[1];
  if (action === undefined || /^\w+ (?:that|it|this|one)(?: for you)?$/i.test(action)) return undefined;
  return aboutWish(`the agent to ${aboutCustomer(action)}`);
}

function aboutWish(wanted: string): Question {
  return { kind: 'yes-no', yes: `wants ${wanted}`, no: `doesn't want ${wanted}`, isWish: true };
}

const consent =
  /^(?:is|are|will|would) (?!that\b|this\b|it\b|these\b|those\b)(.+?) (?:be )?(?:ok(?:ay)?|alright|all right|fine|acceptable|good)(?: (?:for|with) you)?$/i;

/** "Is a back seat okay?" */
function readConsent(text: string): Question | undefined {
  const thing = consent.exec(text)?.[1];
  if (thing === undefined) return undefined;
  const what = aboutCustomer(thing);
  return { kind: 'yes-no', yes: `is fine with ${what}`, no: `doesn't want ${what}`, isWish: false };
}

const state = /^(?:so |and )?(?:is|are|was|were|will|did|do|does|have|has|can|could) (.+)$/i;
const opinions = /\b(?:correct|right|interested|sound|work|like|mind|good)\b/i;

/** "Was it bought this year?" */
function readState(text: string): Question | undefined {
  const asked = state.exec(text)?.[1];
  if (asked === undefined || opinions.test(text)) return undefined;
  const label = capitalise(aboutCustomer(asked.replace(/^(?:the|a|an|there|you(?: be)?) /i, '')));
  return { kind: 'yes-no', yes: `${label}: yes`, no: `${label}: no`, isWish: false };
}

const shortQuestionLengthMax = 60;

/** "Pickup date and location?" */
function readShort(text: string): Question | undefined {
  if (text.length > shortQuestionLengthMax || /\d|\p{Ll} \p{Lu}/u.test(text)) return undefined;
  const label = text.replace(/^(?:and |in |on |at |from |for |to |by |what |which |the |your |any )+/i, '');
  return /\b(?:you|i|we)\b/i.test(label) || !saysSomething(label) ? undefined : { kind: 'open', label };
}
