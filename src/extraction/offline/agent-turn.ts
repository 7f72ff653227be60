import { trimCourtesy } from './courtesy.ts';
import { isOutcome, isRecollection, isRoutine } from './outcome.ts';
import {
  introduction,
  isConfirmation,
  isOffer,
  isSpecific,
  type Proposal,
  proposalText,
} from './proposal.ts';
import { isCourtesy, type Question, readQuestion } from './question.ts';
import { capitalise, saysSomething, sentencesOf } from './text.ts';
import { aboutCustomer } from './third-person.ts';

/** What matters of one message of an agent. */
export interface AgentTurn {
  readonly questions: readonly Question[];
  readonly proposal: Proposal | undefined;
  /** What has been done, or could not be. */
  readonly outcomes: readonly string[];
  /** Everything else it states. */
  readonly statements: readonly string[];
}

type Reading = 'confirmation' | 'offer' | 'specific' | 'outcome' | 'statement' | Question | undefined;

/** Reads one message of an agent. */
export function readAgentTurn(text: string): AgentTurn {
  const read = sentencesOf(text)
    .map((sentence) => ({ sentence, rest: trimCourtesy(sentence).rest }))
    .filter(({ rest }) => saysSomething(rest) && !isCourtesy(rest) && !introduction.test(rest))
    .map(({ sentence, rest }) => ({ rest, reading: readSentence(sentence, rest) }));
  const sentencesRead = (...readings: readonly Reading[]) =>
    read.filter(({ reading }) => readings.includes(reading)).map(({ rest }) => rest);

  const proposed = sentencesRead('confirmation', 'offer', 'specific');
  const isExplicit = sentencesRead('confirmation', 'offer').length > 0;
  const kind = sentencesRead('confirmation').length > 0 ? 'confirmation' : 'offer';
  const body = proposalText(proposed);
  return {
    questions: read.map(({ reading }) => reading).filter((reading) => typeof reading === 'object'),
    proposal: body === '' ? undefined : { kind, text: body, isExplicit },
    outcomes: sentencesRead('outcome').map(tell),
    statements: [...(isExplicit ? [] : proposed), ...sentencesRead('statement')].map(tell),
  };
}

function readSentence(sentence: string, rest: string): Reading {
  if (isConfirmation(sentence)) return 'confirmation';
  const isQuestion = rest.endsWith('?');
  if (!isQuestion && isRecollection(rest)) return undefined;
  if (!isQuestion && isRoutine(rest)) return undefined;
  if (!isQuestion && isOutcome(rest)) return 'outcome';
  if (isOffer(rest)) return 'offer';
  const question = readQuestion(rest);
  if (question && !(question.kind === 'yes-no' && question.isWish && isSpecific(rest))) return question;
  if (isSpecific(rest)) return 'specific';
  return isQuestion ? undefined : 'statement';
}

/** An agent's sentence as a colleague would note it. */
function tell(sentence: string): string {
  const told = sentence
    .replace(/^(?:and|but|so|then|also|that)[\s,]+/i, '')
    .replace(/[\s.!]+$/, '')
    .replace(/^your /i, '');
  return capitalise(aboutCustomer(told));
}
