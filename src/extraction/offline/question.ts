import { capitalise, saysSomething } from './text.ts';
import { aboutCustomer } from './third-person.ts';

/** What an agent asked, in the form in which an answer can be written down. */
export type Question =
  /** Details of the customer or the case, to be told apart by their shape: "your username and order ID". */
  | { readonly kind: 'details'; readonly labels: readonly string[] }
  /** Anything else with a value for an answer. */
  | { readonly kind: 'open'; readonly label: string }
  /** Answered with yes or no; the clauses say what that means. */
  | { readonly kind: 'yes-no'; readonly yes: string; readonly no: string; readonly isWish: boolean };

const courtesies =
  /\b(?:anything|something|what|how) else\b|\bhow (?:can|may|could) (?:i|we)\b|\bhow are you\b|\b(?:can|may|could) i (?:be of|help|assist)\b|\bstill need me\b|\bany (?:other|more|further)\b.*\b(?:questions?|concerns?|help|assistance)\b|\bone moment\b|\b(?:am i|is this) (?:speaking|talking|chatting)\b|\bwould that be all\b|\bassist(?:ance|ing)?\b|\bother (?:help|matter)\b|\bhelp you\b|\bneed (?:any )?help\b/i;

const askedDetails = [
  /\b(?:may|can|could|might) (?:i|we) (?:please |also |just )*(?:have|get|ask(?: for| you for)?|know|take|see)(?: for)? (?:your|the) (.+)/i,
  /\b(?:i|we)(?:'d|’d|'ll|’ll| would| will)?(?: also| just| still| only)* (?:need|require|like)(?: to (?:have|know|get))? (?:your|the) (.+)/i,
  /\b(?:give|provide|tell|share|confirm|verify|send|spell|type|enter|let)(?: me| us)?(?: know| have| with)? (?:your|the) (.+)/i,
  /\bwhat(?:'s|’s| is|s| are|'re) (?:your|the) (.+)/i,
  /^(?:and |also )?your (.+)/i,
];

const auxiliary = '(?:do|would|should|will|shall|are|is|can|could|did|does|have|has|were|was|must|may)';
const wanting =
  '^(?:(?:also |still )?(?:like|want|need|prefer|wish|require|be|plan(?:ning)?|looking|going|intend(?:ing)?|hoping|thinking|trying|have|interested)(?: (?:me|us))?(?: (?:to|for|on|of|about))?(?= |$)\\s*)+';

/** Whether an agent only offers help, in whatever words. */
export function isCourtesy(sentence: string): boolean {
  return courtesies.test(sentence);
}

/** Reads one sentence of an agent; undefined when it asks nothing that has an answer to write down. */
export function readQuestion(sentence: string): Question | undefined {
  const text = sentence
    .replace(/[?.!\s]+$/, '')
    .replace(
      /^(?:[\p{L}’']+,? ){0,3}?(?=(?:and )?(?:in|on|at|from|for|to|by)? ?(?:what|which|where|when|how|who|whether)\b)/iu,
      '',
    );
  const isAsked = sentence.trimEnd().endsWith('?');
  return (
    readDetails(sentence, isAsked) ??
    readOpen(text) ??
    (isAsked ? (readYesNo(sentence) ?? readShort(text)) : undefined)
  );
}

function readDetails(sentence: string, isAsked: boolean): Question | undefined {
  for (const [index, pattern] of askedDetails.entries()) {
    const list = pattern.exec(sentence.replace(/[?.!\s]+$/, ''))?.[1];
    if (list === undefined || (index === askedDetails.length - 1 && !isAsked && !/please/i.test(sentence)))
      continue;
    const labels = list
      .split(/,\s*(?:and |or )?|\s+(?:and|or)\s+|\s*&\s*|\//i)
      .map(toLabel)
      .filter((label) => label.length >= 2 && label.split(' ').length <= labelWordsMax);
    if (labels.length > 0) return { kind: 'details', labels };
  }
  return undefined;
}

const labelWordsMax = 8;

/** "your full name please" → "name". */
function toLabel(text: string): string {
  const label = text
    .trim()
    .replace(/^(?:your|the|a|an|also|full|current|is)\s+/i, '')
    .replace(
      /\b(?:please|for me|again|with me|so i can .*|in order to .*|to (?:verify|proceed|look|check|pull).*)\b/gi,
      '',
    )
    .replace(/\b(?:do|would|should|will|are|can) you .*$/i, '')
    .replace(/[\s,.?!]+/g, ' ')
    .trim()
    .replace(/^your /i, '');
  // A name at the end addresses the customer: "your membership level, Ines".
  const unaddressed = label.replace(/(?<=\p{Ll}) \p{Lu}\p{Ll}+$/u, '');
  return canonicalLabel(aboutCustomer(unaddressed).replace(/\btheir\b/g, 'the'));
}

const canonicalLabels: readonly (readonly [RegExp, string])[] = [
  [/^(?:first (?:and|&) last |complete )?name$|^name and surname$/i, 'name'],
  [/^(?:e-?mail|email)(?: address| id)?$/i, 'email'],
  [
    /^(?:(?:best|contact|cell|mobile|callback|call-back|tele)?\s*(?:phone|telephone|mobile|cell)(?: number)?|contact number)$/i,
    'phone number',
  ],
  [/^user ?name$|^user id$|^login(?: name)?$/i, 'username'],
  [/^order (?:id|no|number|#)$/i, 'order ID'],
  [/^account (?:id|no|number|#)$/i, 'account ID'],
  [/^(?:membership|member) (?:level|status|tier)$/i, 'membership level'],
  [/^(?:(?:home|full|street)? ?address)$/i, 'address'],
  [/^(?:zip|postal|post)(?: ?code)?$/i, 'postal code'],
];

/** The one form of a label that many people word differently. */
export function canonicalLabel(label: string): string {
  return canonicalLabels.find(([pattern]) => pattern.test(label))?.[1] ?? label;
}

function readOpen(text: string): Question | undefined {
  const many = new RegExp(`^how many ([\\w' -]*?)\\s*(?:${auxiliary} .*)?$`, 'i').exec(text);
  if (many) return open(`number of ${many[1]?.trim() || 'items'}`);
  const what = new RegExp(
    `^(?:and )?(?:(?:in|on|at|from|for|to|by) )?(?:what|which) ([\\w' /-]+?) (?:${auxiliary} )?(?:you|i|we|it|that|they)\\b ?(.*)$`,
    'i',
  ).exec(text);
  if (what) return open(`${what[1]} ${purpose(what[2] ?? '')}`);
  const where = new RegExp(
    `^(?:and )?(?:(?:in|on|at|from|for|to|by) )?(where|when|how|what) (?:${auxiliary} )?(?:you|i|we|it|that|they)\\b ?(.*)$`,
    'i',
  ).exec(text);
  if (where) return open(`${where[1]} ${purpose(where[2] ?? '')}`);
  return undefined;
}

function open(label: string): Question {
  return { kind: 'open', label: aboutCustomer(label).replace(/\s+/g, ' ').trim() };
}

/** "want to book the table for" → "to book the table for"; "be leaving from" → "leaving from". */
function purpose(predicate: string): string {
  const rest = predicate.replace(new RegExp(wanting, 'i'), '').trim();
  if (rest === '' || /^(?:it|that|this|for|to|the)$/i.test(rest)) return '';
  return /^(?:\w+ing|headed|the|a|your|it|in|on|at|from|for|to)\b/i.test(rest) ? rest : `to ${rest}`;
}

function readYesNo(sentence: string): Question | undefined {
  const text = sentence.replace(/[?.!\s]+$/, '').replace(/^(?:[\p{L}]+, )+/u, '');
  const choice =
    /^(?:so |and |ok |okay )?(?:do|would|did|will|is|are|was|were|should) (?:you |i |it |we |that |they )?(?:(?:also |still )?(?:want|like|need|prefer|be)(?: me| us)?(?: to)? )?(.+ or .+)$/i.exec(
      text,
    )?.[1];
  if (choice) return { kind: 'open', label: aboutCustomer(choice) };
  const wish =
    /^(?:so |and |ok |okay |but )?(?:do|would|did|will) you (?:also |still )?(?:want|like|need|prefer|require|wish|care)(?: for)?( me| us)? ?(.+)$/i.exec(
      text,
    );
  if (wish) {
    const subject = wish[1] ? 'the agent ' : '';
    const wanted = aboutCustomer(`${subject}${wish[2] ?? ''}`);
    if (!saysSomething(wanted)) return undefined;
    return { kind: 'yes-no', yes: `wants ${wanted}`, no: `doesn't want ${wanted}`, isWish: true };
  }
  const proposal =
    /^(?:so |and )?(?:should|shall|can|may|could) (?:i|we) (?:go ahead and |also |try to )*(.+)$/i.exec(text);
  if (proposal) {
    const action = aboutCustomer(proposal[1] ?? '');
    if (/^\w+ (?:that|it|this|one)(?: for them)?$/i.test(action)) return undefined;
    return {
      kind: 'yes-no',
      yes: `wants the agent to ${action}`,
      no: `doesn't want the agent to ${action}`,
      isWish: true,
    };
  }
  const state = /^(?:so |and )?(?:is|are|was|were|will|did|do|does|have|has|can|could) (.+)$/i.exec(text);
  if (!state?.[1] || /\b(?:correct|right|interested|sound|work|like|mind|okay for you|good)\b/i.test(text))
    return readOk(text);
  const label = capitalise(aboutCustomer(state[1].replace(/^(?:the|a|an|there|you(?: be)?) /i, '')));
  return { kind: 'yes-no', yes: `${label}: yes`, no: `${label}: no`, isWish: false };
}

/** "Is a shared ride okay?" */
function readOk(text: string): Question | undefined {
  const subject =
    /^(?:is|are|will|would) (.+?) (?:be )?(?:ok(?:ay)?|alright|all right|fine|acceptable|good)(?: (?:for|with) you)?$/i.exec(
      text,
    )?.[1];
  if (subject === undefined || /^(?:that|this|it|these|those)\b/i.test(subject)) return undefined;
  return {
    kind: 'yes-no',
    yes: `is fine with ${aboutCustomer(subject)}`,
    no: `doesn't want ${aboutCustomer(subject)}`,
    isWish: false,
  };
}

const shortQuestionLengthMax = 60;

/** "Pickup date and location?" */
function readShort(text: string): Question | undefined {
  if (/\d|\p{Ll} \p{Lu}/u.test(text)) return undefined;
  const label = text.replace(/^(?:and |in |on |at |from |for |to |by |what |which |the |your |any )+/i, '');
  if (text.length > shortQuestionLengthMax || /\b(?:you|i|we)\b/i.test(label) || !saysSomething(label))
    return undefined;
  return { kind: 'open', label };
}
