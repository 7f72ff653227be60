import { asksForAlternatives, type Reply, strongerReply, trimCourtesy } from './courtesy.ts';
import { readNamedDetail } from './details.ts';
import { sentencesOf } from './text.ts';
import { readUtterance, type Utterance } from './utterance.ts';

/** What matters of one message of the customer. */
export interface CustomerTurn {
  readonly reply: Reply;
  /** Turns down what was offered by asking for something else. */
  readonly wantsAlternative: boolean;
  readonly utterances: readonly Utterance[];
}

/** Reads one message of the customer. */
export function readCustomerTurn(text: string): CustomerTurn {
  const sentences = sentencesOf(text).flatMap(splitTail).map(trimCourtesy);
  const utterances = sentences.map(({ rest }) => readUtterance(rest)).filter((said) => said !== undefined);
  return {
    reply: sentences.map(({ reply }) => reply).reduce(strongerReply, undefined),
    wantsAlternative: sentences.some(({ rest }) => asksForAlternatives(rest)),
    utterances: utterances.filter((utterance) => !onlyAsksForAnother(utterance)),
  };
}

const alternativeWordsMax = 9;

/** "Find me another flight" turns down an offer and says no more than that. */
function onlyAsksForAnother(utterance: Utterance): boolean {
  if (utterance.kind !== 'request' && utterance.kind !== 'statement') return false;
  const { predicate } = utterance;
  const isShort = predicate.split(' ').length <= alternativeWordsMax;
  return isShort && asksForAlternatives(predicate) && !/[\d\p{Lu}]/u.test(predicate);
}

const questionTail =
  /^(.{3,}?),? (?:and|but|so) ((?:what|where|when|how|is|are|does|do|can|could|will|would) (?:you|i|we|they|it|there|the|that|this|'?s|is|are|much|many|long|far)\b.*\?)$/i;
const requestTail = /^(.{3,}?),? (?:(?:and|but|so) )?((?:please|(?:can|could|would) (?:you|we)) .+)$/i;
const bareQuestionTail =
  /^(.{3,}?), ((?:will|can|do|does|did|is|are|could|would) (?:it|you|they|that|this|there|we|i)\b.*\?)$/i;
const detailTail = /^(.{3,}?),? (?:and |so )?((?:my|the) .+)$/i;
const statementTail = /^(.{12,}?), (?:and|but) ((?:i|we)(?:'(?:m|ve|d|ll))? .+)$/i;
const wishTail =
  /^(i(?:'m| am| have|'ve) .{3,}?),? (?:and|so|but) (i(?:'d| would)?(?: also| really| just)? (?:need|want|like|love|prefer)\b.+)$/i;

/** "That works, but do they have parking?" says two things, and so does "My name is Ines and my email is ...". */
function splitTail(sentence: string): string[] {
  const [, first, second] =
    questionTail.exec(sentence) ??
    bareQuestionTail.exec(sentence) ??
    wishTail.exec(sentence) ??
    statementTail.exec(sentence) ??
    requestTail.exec(sentence) ??
    [];
  if (first && second) return [first, second];
  const [, statement, detail] = detailTail.exec(sentence) ?? [];
  return statement && detail && readNamedDetail(detail) ? [statement, detail] : [sentence];
}
