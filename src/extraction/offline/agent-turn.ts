import { trimCourtesy } from './courtesy.ts';
import { isCourtesy, type Question, readQuestion } from './question.ts';
import { capitalise, saysSomething, sentencesOf } from './text.ts';
import { aboutCustomer } from './third-person.ts';

/** What an agent put before the customer. */
export interface Proposal {
  /** `confirmation` repeats what the customer asked for; `offer` is new. */
  readonly kind: 'confirmation' | 'offer';
  readonly text: string;
  /** Put as an offer. Otherwise it only names something, and may as well answer a question. */
  readonly isExplicit: boolean;
}

/** What matters of one message of an agent. */
export interface AgentTurn {
  readonly questions: readonly Question[];
  readonly proposal: Proposal | undefined;
  /** What has been done, or could not be. */
  readonly outcomes: readonly string[];
  /** Everything else it states. */
  readonly statements: readonly string[];
}

const confirmation =
  /\bconfirm(?:ing|ation)?\b|\bverify(?:ing)?\b|\bto be clear\b|\bcorrect\b.*\?|\bis (?:that|this|it) (?:right|correct|ok(?:ay)?)\b|, right\?|^(?:so |then )*you(?:'d|’d| would)? (?:want|like|need|wish)\b|\bmake sure\b|\bdouble.?check\b|\bensure\b/i;
const offer =
  /^(?:so |and |also )*(?:(?:how|what) about|what do you think|how (?:would|do) you (?:consider|feel|like)|would you (?:be interested|prefer|care for)|do you (?:mind|like)|there(?:'s|’s| is| are| was)|(?:i|we)(?:'ve|’ve| have| had| was able to| were able to)?(?: also| just| successfully)* (?:found|find|located|locate|got|have|searched|discovered|suggest|recommend|can (?:suggest|offer|recommend|do|get|escalate))|(?:i|we) (?:can|could) (?!see\b)|here(?:'s|’s| is))|\bis available\b|\bare available\b|\bif you(?:'d|’d| would)? like\b|\b(?:does|how does|would) (?:that|this|it) (?:sound|work|suit)\b|\bis (?:that|this|it) (?:fine|good|alright|all right)\b/i;
const outcome =
  /\b(?:has|have) (?:now |already |just |successfully |also )?been\b.*\b\w+(?:ed|ade|ent|ut|old|eld|one|aid|et)\b|\b(?:is|was|are|were) (?:now |already |all |successfully |not |un)*(?:successful|booked|made|reserved|confirmed|complete|completed|cancell?ed|refunded|placed|processed|updated|done|approved|denied|declined|shipped|sent|escalated|waived|verified|extended|resolved|fixed|purchased|unsuccessful|registered|activated|credited|replaced)\b|\b(?:i|we)(?:'ve|’ve| have) (?:now |already |just |successfully |also |gone ahead and )*(?!found|located|got|searched|discovered|seen)\w+(?:ed|ade|ent|ut|old|eld|one|aid|et|\blet)\b|\b(?:could(?:n'?t| not)|(?:was|were|am|are|is)(?:n'?t| not) able|unable|failed|cannot|can(?:'|’)?t|won(?:'|’)?t be able|will not be able)\b|\bunfortunately\b|\b(?:will|should) (?:arrive|be (?:delivered|shipped|sent|there|ready)|reach you)\b|\bon (?:its|the|their|his|her) way\b|\b(?:they|someone|he|she|a \w+|the \w+|my \w+|our \w+|i|we)(?:'ll|’ll| will) (?:call|contact|reach|email|be in touch|get back|refund|send|ship|credit|replace|escalate|look into|follow)\b|\byou(?:'ll|’ll| will) (?:get|receive|be (?:refunded|charged|credited|contacted|called))\b|\byou(?:'re|’re| are) (?:all )?(?:set|booked|confirmed)\b|\byou got (?:it|the)\b|\bis (?:currently )?in (?:progress|transit|process)\b|\bexpir(?:es?|ed)\b|\bi was able to (?!find|locate)/i;
const outcomeNoise =
  /\b(?:confirmation|confirm) (?:e-?mail|mail|message|text)|\be-?mail (?:confirmation|shortly|soon)|\bsorry (?:i|we) (?:couldn'?t|could not) (?:be|help)|\bcan(?:'|’)?t wait\b|\bhelp(?:ed)? you\b/i;
const countOnly =
  /^(?:(?:(?:[Ii]|[Ww]e)(?:'ve|’ve| have| managed to)?(?: also)? |[Tt]here |[Yy]ou )?(?:found|find|located|have|got|see|discovered|searched|are|is)(?: that| of| you)* )?(?:\d+|a few|some|several|many|multiple|various)(?: [\p{Ll}]+){1,8}[.!]?$/u;

const introduction =
  /^(?:this is|my name is|you(?:'re|’re| are) (?:speaking|talking|chatting) (?:to|with)) /i;

/** Reads one message of an agent. */
export function readAgentTurn(text: string): AgentTurn {
  const questions: Question[] = [];
  const outcomes: string[] = [];
  const statements: string[] = [];
  const proposed: string[] = [];
  let kind: Proposal['kind'] = 'offer';
  let isExplicit = false;
  for (const sentence of sentencesOf(text)) {
    const { rest } = trimCourtesy(sentence);
    if (!saysSomething(rest) || isCourtesy(rest) || introduction.test(rest)) continue;
    const reading = readSentence(sentence, rest);
    if (reading === 'confirmation' || reading === 'offer' || reading === 'specific') {
      if (reading === 'confirmation') kind = reading;
      if (reading !== 'specific') isExplicit = true;
      proposed.push(rest);
    } else if (reading === 'outcome') outcomes.push(tell(rest));
    else if (reading === 'statement') statements.push(tell(rest));
    else if (reading !== undefined) questions.push(reading);
  }
  const body = proposalText(proposed);
  const proposal = body === '' ? undefined : { kind, text: body, isExplicit };
  return {
    questions,
    proposal,
    outcomes,
    statements: isExplicit ? statements : [...proposed.map(tell), ...statements],
  };
}

function readSentence(
  sentence: string,
  rest: string,
): Proposal['kind'] | 'specific' | 'outcome' | 'statement' | Question | undefined {
  if (confirmation.test(sentence) && saysSomething(cleanProposal(rest))) return 'confirmation';
  const isQuestion = rest.endsWith('?');
  if (!isQuestion && outcomeNoise.test(rest)) return undefined;
  if (!isQuestion && outcome.test(rest)) return 'outcome';
  if (offer.test(rest)) return 'offer';
  const question = readQuestion(rest);
  if (question && !(question.kind === 'yes-no' && question.isWish && isSpecific(rest))) return question;
  if (isSpecific(rest)) return 'specific';
  return isQuestion ? undefined : 'statement';
}

/** Names or figures: what turns words into an offer that can be taken up. */
function isSpecific(text: string): boolean {
  return /\d/.test(text) || /[\p{Ll},] (?!I\b)\p{Lu}/u.test(text);
}

function proposalText(sentences: readonly string[]): string {
  const telling = sentences.filter((sentence) => !countOnly.test(sentence) || sentences.length === 1);
  return telling
    .map(cleanProposal)
    .filter((sentence) => saysSomething(sentence))
    .join('. ');
}

const proposalLeads = [
  /^(?:so|and|then|also|ok(?:ay)?|alright|please|kindly|well)[\s,:-]+/i,
  /^(?:i(?:'m|’m| am)? )?(?:just )?(?:to )?(?:re)?(?:confirm(?:ing)?|verify(?:ing)?|be clear|double.?check(?:ing)?|check(?:ing)?|ensure|make sure|review)(?: the| these| following| details?| information| that| below| this|:|,| for)*[\s,:-]*/i,
  /^(?:i(?:'ll|’ll| will| am going to|'m going to|’m going to|'m|’m| am|(?:'d|’d| would) like to)|(?:we|you) are(?: going to| trying to)?|(?:we|you)(?:'re|’re)(?: going to| trying to)?) (?!sorry)/i,
  /^you(?:'d|’d| would)? (?:want|like|wish|need)(?: me| us)?(?: to)? /i,
  /^(?:(?:how|what) about|what do you think (?:about|of)|how would you consider(?: having)?|how do you feel about|(?:whether |do |would )?you (?:mind|like|prefer|care for|be interested in|consider|want|may choose|might like|may like)|how (?:do|does|would)|does|is|will|would|shall i (?:book|choose|take))(?: (?:trying|to|having|flying|going|with))* /i,
  /^(?:do you )?want (?:to (?:take|try|have|see) )?/i,
  /^there(?:'s|’s| is| are| was) (?:also )?/i,
  /^(?:i|we)(?:'ve|’ve| have| was able to| were able to)?(?: also| just| successfully)* (?:found|find|located|locate|got|have|see|discovered|(?:can )?suggest|(?:can )?recommend|can offer)(?: you| for you)? /i,
  /^(?:here|that)(?:'s|’s| is) /i,
  /^(?:i|we) (?:see|think|believe) (?:that )?/i,
];
const proposalEnds = [
  /[,.]?\s*(?:and )?(?:is (?:that|this|it|everything)(?: all)? (?:correct|right|ok(?:ay)?|fine|good)(?: for you)?|correct|right|yes|(?:how )?(?:does|would|will) (?:that|this|it) (?:sound|work|suit)(?: (?:good|to|for)(?: you)?)*|would you (?:be interested|like (?:it|that|this))|ok(?:ay)?|what do you think|do you (?:like|want) (?:it|that|this)|would that work|sounds? (?:good |ok(?:ay)? |to |for |you)*(?:to you|for you|good|ok(?:ay)?)?|work(?:s)?(?: for you)?|be (?:ok(?:ay)?|fine|good)(?: for you)?)\s*$/i,
];

function cleanProposal(sentence: string): string {
  let text = sentence.replace(/[\s?.!]+$/, '');
  for (const lead of proposalLeads) text = text.replace(lead, '');
  for (const end of proposalEnds) text = text.replace(end, '');
  return aboutCustomer(text.trim());
}

/** An agent's sentence as a colleague would note it. */
function tell(sentence: string): string {
  return capitalise(
    aboutCustomer(
      sentence
        .replace(/^(?:and|but|so|then|also|that)[\s,]+/i, '')
        .replace(/[\s.!]+$/, '')
        .replace(/^your /i, ''),
    ),
  );
}
