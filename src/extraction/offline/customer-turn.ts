import { asksForAlternatives, type Reply, strongerReply, trimCourtesy } from './courtesy.ts';
import { type Detail, readNamedDetail } from './details.ts';
import { saysSomething, sentencesOf, uncapitalise } from './text.ts';
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

export interface CustomerTurn {
  readonly reply: Reply;
  /** Turns down what was offered by asking for something else. */
  readonly wantsAlternative: boolean;
  readonly utterances: readonly Utterance[];
}

const requestLead =
  /^(?:(?:can|could|would|will|may|might) (?:you|u|i|we|someone)|(?:is it|would it be) possible (?:to|for you to|for me to|that you(?: can| could)?)|i (?:was|am) wondering (?:if|whether) (?:you|i|we) (?:can|could|would|might)|(?:do|would) you (?:think|know if) (?:you|i) (?:can|could)|would you mind|(?:i(?:'d|’d| would)? (?:like|want|need|love)|i wish) you to|(?:i(?:'d|’d| would)? (?:like|want|need|love)) (?:some |your )?(?:help|assistance) (?:to|with|in)|help me|assist me|i need help|let['’]?s|let us)\b\s*(.*)$/i;
const requestFillers =
  /^(?:(?:please|also|possibly|kindly|just|maybe|perhaps|quickly|then|now|out|to|in|with|me|help(?: me)?(?: out)?(?: to| with| in)?|assist(?: me)?(?: with| in| to)?|go ahead and|be able to|try and|manage to)\s+)+/i;
const imperative =
  /^(?:(?:please|just|kindly|also|then|now|go ahead and)\s+)*((?:find|search|look|get|book|reserve|make|buy|order|cancel|change|send|show|try|give|check|pull|call|schedule|set|put|add|remove|update|refund|return|exchange|ship|deliver|transfer|go|choose|pick|use|switch|move|include|arrange|rent|purchase|locate|connect|escalate|reset|apply|extend|upgrade|downgrade|renew|stop|start|open|track|charge|waive|replace|fix|repair|forward|sign|enroll|register|block|unblock|confirm|keep|play|turn|remind|note|tell|let|do (?:it|this|that)|have (?:it|them|someone))\b(?!\w*ing\b).*)$/i;
const asksToKnow =
  /^(?:tell|let|explain|remind|inform|clarify|know|ask|share|provide|have|get|give|see|send)\b.*\b(?:know|about|what|when|where|how|whether|if|number|phone|address|price|cost|fare|details?|info|information|contact|total|rating|location)\b|^(?:tell|inform) /i;
const questionStart =
  /^(?:and |but |so |also |ok |okay )?(?:what|where|when|why|who|whom|whose|which|how|is|are|was|were|does|do|did|has|have|had|will|would|can|could|should|am|isn't|aren't|doesn't|don't|any)\b/i;
const personalFact =
  /^(?:(?:now |currently |recently |just |already |usually |always |never |often |really |also |only )*)(?:lives?|is living|works?|worked|is working|moved|has moved|is moving|has (?:a|an|two|three|four|five|\d+) (?:\p{L}+ )?(?:son|daughter|kid|child|children|kids|dog|cat|pet|husband|wife|brother|sister|partner|family|baby|business|company|shop|store|house|apartment|allergy|subscription|account)|is (?:a|an) |is (?:allergic|married|single|retired|vegetarian|vegan|based|from|pregnant|engaged|studying)|prefers|loves|likes|dislikes|hates|enjoys|speaks|drives|owns|studies|teaches|plays|collects|usually|always|never|eats|drinks|was born|grew up|graduated|started|runs|is not a fan|isn't a fan|cannot stand|can't stand)\b/iu;
const wish =
  /^(?:(?:now |also |just |really |still |only |actually )*)(?:wants?|needs?|would (?:like|love|prefer|rather|need|also like)|is (?:looking|searching|trying|hoping|planning|interested|going|seeking|in need)|requires?|will (?:need|require|want|be needing)|plans?|wishes|must|has to|is wondering|was wondering|was hoping|was looking|wanted|hopes)\b/i;

/** Reads one message of the customer. */
export function readCustomerTurn(text: string): CustomerTurn {
  let reply: Reply;
  let wantsAlternative = false;
  const utterances: Utterance[] = [];
  for (const sentence of sentencesOf(text).flatMap(splitTail)) {
    const trimmed = trimCourtesy(sentence);
    reply = strongerReply(reply, trimmed.reply);
    wantsAlternative ||= asksForAlternatives(trimmed.rest);
    const utterance = readUtterance(trimmed.rest);
    if (utterance && !onlyAsksForAnother(utterance)) utterances.push(utterance);
  }
  return { reply, wantsAlternative, utterances };
}

const alternativeWordsMax = 9;

/** "Find me another flight" turns down an offer and says no more than that. */
function onlyAsksForAnother(utterance: Utterance): boolean {
  if (utterance.kind !== 'request' && utterance.kind !== 'statement') return false;
  const { predicate } = utterance;
  return (
    asksForAlternatives(predicate) &&
    !/[\d\p{Lu}]/u.test(predicate) &&
    predicate.split(' ').length <= alternativeWordsMax
  );
}

/** "That works, but do they have parking?" says two things, and so does "My name is Ines and my email is ...". */
function splitTail(sentence: string): string[] {
  const tail = questionTail.exec(sentence) ?? requestTail.exec(sentence);
  if (tail?.[1] && tail[2]) return [tail[1], tail[2]];
  const second = /^(.{3,}?),? and ((?:my|the) .+)$/i.exec(sentence);
  return second?.[1] && second[2] && readNamedDetail(second[2]) ? [second[1], second[2]] : [sentence];
}

const questionTail =
  /^(.{3,}?),? (?:and|but|so) ((?:what|where|when|how|is|are|does|do|can|could|will|would) (?:you|i|we|they|it|there|the|that|this|'?s|is|are|much|many|long|far)\b.*\?)$/i;
const requestTail = /^(.{3,}?),? (?:(?:and|but|so) )?((?:please|(?:can|could|would) (?:you|we)) .+)$/iu;

const helpTail =
  /,?\s*(?:(?:can|could|would|will) you (?:please |maybe |possibly )?(?:help|assist)(?: me)?(?: out)?(?: with (?:that|this|it))?|is that (?:possible|ok(?:ay)?)|please help(?: me)?)(?: please)?[\s?.!]*$/i;

function readUtterance(spoken: string): Utterance | undefined {
  const text = spoken.replace(helpTail, '');
  if (!saysSomething(text)) return /\d/.test(text) ? { kind: 'fragment', text } : undefined;
  const detail = readNamedDetail(text);
  if (detail) return { kind: 'detail', detail };
  const isAboutSpeaker = /^i(?:['’]\p{L}+)?\s/iu.test(text);
  return (
    readRequest(text) ?? (isAboutSpeaker ? undefined : readQuestionUtterance(text)) ?? readStatement(text)
  );
}

function readRequest(text: string): Utterance | undefined {
  const unwanted = /^(?:please )?(?:don['’]?t|do not|never) (?!you\b|i\b|they\b|we\b)(.+?)[\s.!]*$/i.exec(
    text,
  )?.[1];
  if (unwanted && saysSomething(unwanted))
    return { kind: 'request', predicate: `asked not to ${aboutSpeaker(unwanted)}` };
  const asked = requestLead.exec(text)?.[1] ?? imperative.exec(text)?.[1];
  if (asked === undefined) return undefined;
  const action = aboutSpeaker(asked.replace(requestFillers, '').replace(/[\s?.!]+$/, ''));
  if (asksToKnow.test(action)) return { kind: 'question', text: action };
  if (!saysSomething(action)) return undefined;
  const asksPermission = /^(?:can|could|may|might) (?:i|we)\b/i.test(text);
  return { kind: 'request', predicate: `asked ${linkOf(action)}${uncapitalise(action)}`, asksPermission };
}

/** "asked to find a table", "asked for help with a booking". */
function linkOf(action: string): string {
  if (/^\p{L}+ing\b/iu.test(action)) return 'for help ';
  return /^(?:the|a|an|my|their|this|that|some|any|one|two)\b/i.test(action) ? 'for ' : 'to ';
}

function readQuestionUtterance(text: string): Utterance | undefined {
  const suggestion = /^(?:how|what) about (.+?)[\s?.!]*$/i.exec(text)?.[1];
  if (suggestion) return { kind: 'fragment', text: suggestion };
  if (!text.endsWith('?') && !questionStart.test(text)) return undefined;
  const sought =
    /^(?:is|are) there (?:any(?:thing)?|some|a|an) (.+?)[\s?.!]*$/i.exec(text)?.[1] ??
    /^do you (?:have|sell|offer|carry) (?:any |some )?(.+?)[\s?.!]*$/i.exec(text)?.[1];
  if (sought && saysSomething(sought))
    return { kind: 'request', predicate: `asked about ${aboutSpeaker(sought)}` };
  return { kind: 'question', text };
}

function readStatement(text: string): Utterance {
  const sentence = text.replace(/[\s.!?,;]+$/, '');
  const predicate = predicateOf(sentence);
  if (predicate !== undefined) {
    if (wish.test(predicate)) return { kind: 'request', predicate };
    return { kind: 'statement', predicate, isPersonal: personalFact.test(predicate), raw: sentence };
  }
  if (!hasVerb(sentence)) return { kind: 'fragment', text: sentence };
  const isPersonal =
    /^(?:my|our) /i.test(sentence) &&
    /\b(?:is|are|lives?|works?|likes?|loves?|has|have|turned|born)\b/i.test(sentence);
  return {
    kind: 'statement',
    predicate: `says ${uncapitalise(aboutSpeaker(sentence))}`,
    isPersonal,
    raw: sentence,
  };
}

/** Whether words make a sentence of their own: a subject and what looks like its verb. */
function hasVerb(text: string): boolean {
  return (
    /\b(?:is|are|was|were|am|isn't|aren't|wasn't|weren't|has|have|had|hasn't|haven't|do|does|did|don't|doesn't|didn't|will|won't|would|can|can't|cannot|could|couldn't|should|must|may|might|needs?|wants?|came|went|got|said|says|keeps?|stopped|started|broke|never|\p{L}{3,}ed)\b|'s (?:a|an|the|not|been|\p{L}+ing|\p{L}+ed)\b/iu.test(
      text,
    ) && /\s/.test(text)
  );
}
