import { type Detail, readNamedDetail } from './details.ts';
import { containing, oneOf, startingWith } from './patterns.ts';
import { saysSomething, uncapitalise } from './text.ts';
import { aboutSpeaker, predicateOf } from './third-person.ts';

/** One thing that a customer said. */
export type Utterance =
  /** Something to be done: completes "Customer ...". */
  | { readonly kind: 'request'; readonly predicate: string; readonly asksPermission?: boolean }
  /** Something that is so: completes "Customer ...". */
  | {
      readonly kind: 'statement';
      readonly predicate: string;
      readonly isPersonal: boolean;
      readonly raw: string;
    }
  | { readonly kind: 'detail'; readonly detail: Detail }
  /** Words without a verb of their own, which mean something after a question. */
  | { readonly kind: 'fragment'; readonly text: string }
  /** Asks about the offer or the company. */
  | { readonly kind: 'question'; readonly text: string };

/** "I need to return this, can you help me with that?" */
const helpTail =
  /,?\s*(?:(?:can|could|would|will) you (?:please |maybe |possibly )?(?:help|assist)(?: me)?(?: out)?(?: with (?:that|this|it))?|is that (?:possible|ok(?:ay)?)|please help(?: me)?)(?: please)?[\s?.!]*$/i;

/** Reads one sentence of the customer, without its courtesies; undefined when it says nothing. */
export function readUtterance(sentence: string): Utterance | undefined {
  const text = sentence.replace(helpTail, '');
  if (!saysSomething(text)) return /\d/.test(text) ? { kind: 'fragment', text } : undefined;
  const detail = readNamedDetail(text);
  if (detail) return { kind: 'detail', detail };
  const isAboutSpeaker = /^i(?:'\p{L}+)?\s/iu.test(text);
  const asked = readUnwanted(text) ?? readRequest(text);
  return asked ?? (isAboutSpeaker ? undefined : readQuestion(text)) ?? readStatement(text);
}

/** "Please don't call before noon." */
function readUnwanted(text: string): Utterance | undefined {
  const unwanted =
    /^(?:please )?(?:don't|dont|do not|never) (?!forget\b|worry\b|mention\b|bother\b|you\b|i\b|they\b|we\b)(.+?)[\s.!]*$/i.exec(
      text,
    )?.[1];
  if (!unwanted || !saysSomething(unwanted)) return undefined;
  return { kind: 'request', predicate: `asked not to ${aboutSpeaker(unwanted)}` };
}

const iWould = "i(?:'d| would)? (?:like|want|need|love)";
const requestLeads = [
  '(?:can|could|would|will|may|might) (?:you|u|i|we|someone)',
  '(?:is it|would it be) possible (?:to|for you to|for me to|that you(?: can| could)?)',
  'i (?:was|am) wondering (?:if|whether) (?:you|i|we) (?:can|could|would|might)',
  '(?:do|would) you (?:think|know if) (?:you|i) (?:can|could)',
  'would you mind',
  "i(?:'d| would) (?:\\p{L}+ )?(?:like|love|appreciate) it if (?:you|i|we|someone) (?:can|could|would)",
  `(?:${iWould}|i wish) you to`,
  `${iWould} (?:some |your )?(?:help|assistance) (?:to|with|in)`,
  "help me|assist me|i need help|let'?s|let us",
];
const requestLead = new RegExp(`^(?:${requestLeads.join('|')})\\b\\s*(.*)$`, 'iu');
const requestFillers =
  /^(?:(?:please|also|possibly|kindly|just|maybe|perhaps|quickly|then|now|out|to|in|with|me|help(?: me)?(?: out)?(?: to| with| in)?|assist(?: me)?(?: with| in| to)?|go ahead and|be able to|try and|manage to)\s+)+/i;
const orders = oneOf(`
  find search look get book reserve make buy order cancel change send show try give check pull call schedule set put add remove update
  refund return exchange ship deliver transfer go choose pick use switch move include arrange rent purchase locate connect escalate
  reset apply extend upgrade downgrade renew stop start open track charge waive replace fix repair forward sign enroll register block
  unblock confirm keep play turn remind note tell let do\\s(?:it|this|that) have\\s(?:it|them|someone)
`);
const imperative = new RegExp(
  `^(?:(?:please|just|kindly|also|then|now|go ahead and)\\s+)*(${orders}\\b.*)$`,
  'i',
);
const asksToKnow = [
  startingWith('tell|inform'),
  new RegExp(
    `^${oneOf('tell let explain remind inform clarify know ask share provide have get give see send grab find check')}\\b.*\\b${oneOf(
      'know about address what when where how whether if number phone address price cost fare details? info information contact total rating location',
    )}\\b`,
    'i',
  ),
];

function readRequest(text: string): Utterance | undefined {
  const asked = requestLead.exec(text)?.[1] ?? imperative.exec(text)?.[1];
  if (asked === undefined) return undefined;
  const action = aboutSpeaker(asked.replace(requestFillers, '').replace(/[\s?.!]+$/, ''));
  if (asksToKnow.some((pattern) => pattern.test(action))) return { kind: 'question', text: action };
  if (!saysSomething(action)) return undefined;
  const asksPermission = /^(?:can|could|may|might) (?:i|we)\b/i.test(text);
  return { kind: 'request', predicate: `asked ${linkOf(action)}${uncapitalise(action)}`, asksPermission };
}

/** "asked to find a table", "asked for help with a booking". */
function linkOf(action: string): string {
  if (/^\p{L}+ing\b/iu.test(action)) return 'for help ';
  return /^(?:the|a|an|my|their|this|that|some|any|one|two)\b/i.test(action) ? 'for ' : 'to ';
}

const questionStart = startingWith(
  `(?:and |but |so |also |ok |okay )?${oneOf(`
    what where when why who whom whose which how is are was were does do did has have had will would can could should am isn't aren't
    doesn't don't any
  `)}(?:'s|'re)?`,
);
const sought =
  /^(?:(?:is|are) there (?:any(?:thing)?|some|a|an)|do you (?:have|sell|offer|carry)(?: any| some)?) (.+?)[\s?.!]*$/i;

function readQuestion(text: string): Utterance | undefined {
  const suggestion = /^(?:how|what) about (.+?)[\s?.!]*$/i.exec(text)?.[1];
  if (suggestion) return { kind: 'fragment', text: suggestion };
  if (!text.endsWith('?') && !questionStart.test(text)) return undefined;
  const thing = sought.exec(text)?.[1];
  if (thing && saysSomething(thing))
    return { kind: 'request', predicate: `asked about ${aboutSpeaker(thing)}` };
  return { kind: 'question', text };
}

const wish = startingWith(
  `(?:${oneOf('now also just really still only actually')} )*(?:${[
    'wants?|needs?|requires?|plans?|wishes|hopes|wanted|must|has to',
    'would (?:like|love|prefer|rather|need|also like)',
    'is (?:looking|searching|trying|hoping|planning|interested|going|seeking|wondering|in need)',
    'was (?:wondering|hoping|looking)',
    'will (?:need|require|want|be needing)',
  ].join('|')})`,
);
const belongings = oneOf(`
  son daughter kid child children kids dog cat pet husband wife brother sister partner family baby business company shop store house
  apartment allergy subscription account
`);
const personalFact = startingWith(
  `(?:${oneOf('now currently recently just already usually always never often really also only')} )*(?:${[
    'lives?|is living|works?|worked|is working|moved|has moved|is moving|was born|grew up|graduated|started|runs',
    `has (?:a|an|two|three|four|five|\\d+) (?:\\p{L}+ )?${belongings}`,
    'is (?:a|an|allergic|married|single|retired|vegetarian|vegan|based|from|engaged|studying)',
    'prefers|loves|likes|dislikes|hates|enjoys|speaks|drives|owns|studies|teaches|plays|collects|eats|drinks',
    "is not a fan|isn't a fan|cannot stand|can't stand",
  ].join('|')})`,
  '(?:usually|always|never)',
);
const personalPossession = /^(?:my|our) .*\b(?:is|are|lives?|works?|likes?|loves?|has|have|turned|born)\b/i;

function readStatement(text: string): Utterance {
  const raw = text.replace(/[\s.!?,;]+$/, '');
  const predicate = predicateOf(raw);
  if (predicate === undefined) {
    if (!hasVerb(raw)) return { kind: 'fragment', text: raw };
    const said = `says ${uncapitalise(aboutSpeaker(raw))}`;
    return { kind: 'statement', predicate: said, isPersonal: personalPossession.test(raw), raw };
  }
  if (wish.test(predicate)) return { kind: 'request', predicate };
  return { kind: 'statement', predicate, isPersonal: personalFact.test(predicate), raw };
}

const verbs = containing(
  oneOf(`
    is are was were am isn't aren't wasn't weren't has have had hasn't haven't do does did don't doesn't didn't will won't would can can't
    cannot could couldn't should must may might needs? wants? came went got said says keeps? stopped started broke never
  `),
  '\\p{L}{3,}ed',
);
const contractedVerb = /'s (?:a|an|the|not|been|\p{L}+ing|\p{L}+ed)\b/iu;

/** Whether words make a sentence of their own: a subject and what looks like its verb. */
function hasVerb(text: string): boolean {
  return /\s/.test(text) && (verbs.test(text) || contractedVerb.test(text));
}
