import type { Turn } from '../extractor.ts';
import { isSecretLabel } from '../guard/index.ts';
import { type AgentTurn, readAgentTurn } from './agent-turn.ts';
import type { Clause } from './clause.ts';
import { type CustomerTurn, readCustomerTurn } from './customer-turn.ts';
import { cleanValue, type Detail, readAskedDetail, readBareContact } from './details.ts';
import { isPersonalLabel } from './labels.ts';
import type { Proposal } from './proposal.ts';
import type { Question } from './question.ts';
import { hasParticulars } from './terms.ts';
import { saysSomething } from './text.ts';
import { aboutSpeaker } from './third-person.ts';
import type { Utterance } from './utterance.ts';

/** Where a conversation stands while it is read: what was asked and what was offered. */
interface State {
  questions: readonly Question[];
  proposal: Pending | undefined;
  /** What the customer asked, when an answer is due. */
  asked: string | undefined;
  /** The last message was an agent's. */
  isAgentBlock: boolean;
  readonly clauses: Clause[];
}

/** What was put before the customer, and is neither taken nor turned down. */
interface Pending extends Proposal {
  readonly turn: Turn;
  /** The customer asked about it, or heard it and went on. */
  isOfInterest: boolean;
}

/** Every fact of a conversation, in order. A short answer takes its meaning from the question before it. */
export function readDialogue(turns: readonly Turn[]): Clause[] {
  const state: State = {
    questions: [],
    proposal: undefined,
    asked: undefined,
    isAgentBlock: false,
    clauses: [],
  };
  for (const turn of turns) {
    if (turn.side === 'agent') hearAgent(state, turn, readAgentTurn(turn.text));
    else if (turn.side === 'customer') hearCustomer(state, turn, readCustomerTurn(turn.text));
  }
  leaveProposal(state);
  return state.clauses.toSorted((a, b) => a.turn.index - b.turn.index);
}

function hearAgent(state: State, turn: Turn, said: AgentTurn): void {
  const asked = state.isAgentBlock ? [...state.questions, ...said.questions] : said.questions;
  // Silence on a question leaves it open: agents often say "one moment" in between.
  if (asked.length > 0) state.questions = asked;
  state.isAgentBlock = true;
  const isAnswer = state.asked !== undefined && said.proposal?.isExplicit !== true;
  if (said.proposal && !isAnswer) {
    if (state.proposal?.isOfInterest) leaveProposal(state);
    state.proposal = { ...said.proposal, turn, isOfInterest: false };
  }
  for (const text of said.outcomes) state.clauses.push({ form: 'outcome', text, turn });
  if (said.outcomes.length > 0 && (!said.proposal || isAnswer)) state.proposal = undefined;
  if (!isAnswer) return;
  const told = said.statements.filter((statement) => commitment.test(statement));
  for (const text of told)
    state.clauses.push({ form: 'told', text: withQuestion(text, state.asked ?? ''), turn });
  if (said.statements.length + said.outcomes.length > 0) state.asked = undefined;
}

/** Words of an answer that mean nothing without its question. */
const bareAnswerWordsMax = 6;

function withQuestion(answer: string, question: string): string {
  if (answer.split(' ').length > bareAnswerWordsMax || question === '') return answer;
  return `${question}: ${answer}`;
}

/** Answers that the customer may hold the company to: money, and how long something takes or lasts. */
const commitment =
  /\b(?:refund|fees?|charged?|warranty|guaranteed?|policy|credit|discount|valid|expires?|deadline|within|(?:business |working )?(?:days|weeks?|months?))\b/i;

function hearCustomer(state: State, turn: Turn, said: CustomerTurn): void {
  settleProposal(state, turn, said);
  answerYesNo(state, turn, said);
  for (const utterance of said.utterances) hear(state, turn, utterance);
  // Details that are still missing are often given one message at a time; other questions are over.
  if (said.utterances.length > 0) state.questions = state.questions.filter(({ kind }) => kind === 'details');
  const question = said.utterances.findLast(isQuestion);
  if (question || state.isAgentBlock) state.asked = question && wordsOf(question);
  state.isAgentBlock = false;
}

function isQuestion(utterance: Utterance): boolean {
  return utterance.kind === 'question' || (utterance.kind === 'request' && utterance.asksPermission === true);
}

function wordsOf(utterance: Utterance): string {
  if (utterance.kind === 'question') return aboutSpeaker(utterance.text.replace(/[\s?.!]+$/, ''));
  return utterance.kind === 'request' ? utterance.predicate : '';
}

/** An offer is taken up by a yes or by an order to book it, and falls when something else is asked for. */
function settleProposal(state: State, turn: Turn, said: CustomerTurn): void {
  const { proposal } = state;
  if (!proposal || !state.isAgentBlock) return;
  if (said.wantsAlternative || said.reply === 'decline') {
    state.proposal = undefined;
    return;
  }
  if (!isTaken(said)) {
    proposal.isOfInterest ||=
      said.reply === 'acknowledge' || said.utterances.some(isQuestion) || said.utterances.some(goesOn);
    return;
  }
  const form = formOf(proposal, said);
  state.clauses.push({ form, text: proposal.text, turn });
  state.proposal = undefined;
}

/** "I also need a hotel" leaves standing what was said before. */
function goesOn(utterance: Utterance): boolean {
  return utterance.kind === 'request' && /\b(?:also|too|as well|then)\b/i.test(utterance.predicate);
}

function formOf({ kind, isExplicit }: Proposal, { reply }: CustomerTurn): Clause['form'] {
  if (kind === 'confirmation') return 'agreed';
  return isExplicit || reply === 'accept' ? 'chosen' : 'told';
}

/** An "okay" that goes on with another wish only says that the offer was heard. */
function isTaken({ reply, utterances }: CustomerTurn): boolean {
  if (reply === 'accept' || utterances.some(isOrder)) return true;
  return reply === 'acknowledge' && !utterances.some(({ kind }) => kind === 'request');
}

function isOrder(utterance: Utterance): boolean {
  return (
    utterance.kind === 'request' &&
    /\b(?:book|reserve|buy|purchase|go with|take|order|(?:that|this) one)\b/i.test(utterance.predicate)
  );
}

/** What the customer asked about and did not turn down is worth knowing even when nothing was booked. */
function leaveProposal(state: State): void {
  if (state.proposal?.kind !== 'offer' || !state.proposal.isExplicit) return;
  state.clauses.push({ form: 'offered', text: state.proposal.text, turn: state.proposal.turn });
}

function answerYesNo(state: State, turn: Turn, { reply }: CustomerTurn): void {
  const question = state.questions.findLast(({ kind }) => kind === 'yes-no');
  if (question?.kind !== 'yes-no' || reply === undefined || !state.isAgentBlock) return;
  const text = reply === 'decline' ? question.no : question.yes;
  const isLabel = /: (?:yes|no)$/.test(text);
  const isRequest = question.isWish && reply !== 'decline';
  state.clauses.push({ form: isLabel ? 'label' : 'predicate', text, turn, isRequest });
  state.questions = state.questions.filter((other) => other !== question);
}

function hear(state: State, turn: Turn, utterance: Utterance): void {
  switch (utterance.kind) {
    case 'request':
      state.clauses.push({ form: 'predicate', text: utterance.predicate, turn, isRequest: true });
      return;
    case 'detail':
      giveDetail(state, turn, utterance.detail);
      return;
    case 'statement':
      hearStatement(state, turn, utterance);
      return;
    case 'fragment':
      hearFragment(state, turn, utterance.text);
      return;
    case 'question':
      hearQuestion(state, turn, utterance.text);
  }
}

/** "Do you close on Sundays?" says nothing about the customer. */
const aboutCompany =
  /^(?:and |so |but )?(?:do|does|did|are|is|was|will|can|could|have|has)(?:n't)? (?:you|they|it|your)\b/i;

/** What was asked about before anything was offered: "What is the weather like in Porto?" */
function hearQuestion(state: State, turn: Turn, question: string): void {
  const text = aboutSpeaker(question.replace(/[\s?.!]+$/, ''));
  if (state.proposal || aboutCompany.test(question) || !hasParticulars(text)) return;
  state.clauses.push({ form: 'predicate', text: `asked about ${text}`, turn, isRequest: true });
}

/** "It's for six people" and "I'm in Porto": sentences that say no more than a value. */
const onlySaysValue =
  /^(?:(?:it|that|this|they)(?:'s| is| are| was| would be| will be| should be)|i(?:'m|m| am)(?! \p{L}+ing\b))\b/iu;

function hearStatement(
  state: State,
  turn: Turn,
  { raw, predicate, isPersonal }: Extract<Utterance, { kind: 'statement' }>,
): void {
  if (onlySaysValue.test(raw) && answer(state, turn, raw, shortAnswerWordsMax)) return;
  if (!saysSomething(predicate.replace(/^says /, ''))) return;
  state.clauses.push({ form: 'predicate', text: predicate, turn, isPersonal });
}

/** Words of an answer that is a sentence but only says a value: "it's for six people". */
const shortAnswerWordsMax = 8;
const fragmentWordsMax = 30;

function hearFragment(state: State, turn: Turn, text: string): void {
  if (answer(state, turn, text, fragmentWordsMax)) return;
  const contact = readBareContact(text);
  if (contact) giveDetail(state, turn, contact);
  else if (namesSomething(text))
    state.clauses.push({ form: 'predicate', text: `mentioned ${aboutSpeaker(cleanValue(text))}`, turn });
}

/** A figure, a name, or something of the speaker's own: what makes words worth keeping that answer no question. */
function namesSomething(text: string): boolean {
  return (
    saysSomething(text) &&
    (/\d|(?<=\p{L}[\p{L},]* )\p{Lu}\p{Ll}+/u.test(text) || /\b(?:my|our|me|i)\b/i.test(text)) &&
    text.includes(' ')
  );
}

/** Takes the words as the answer to what was asked; false when nothing was, or they do not fit. */
function answer(state: State, turn: Turn, text: string, wordsMax: number): boolean {
  const parts = text.split(/,\s*(?:and )?|\s+and\s+/i);
  if (parts.length > 1 && answerSeveral(state, turn, parts)) return true;
  const value = cleanValue(text);
  if (value === '' || value.split(' ').length > wordsMax) return false;
  for (const question of state.questions) {
    if (question.kind === 'details') {
      const detail = readAskedDetail(value, question.labels);
      if (!detail) continue;
      giveDetail(state, turn, detail);
      const left = question.labels.filter((label) => label !== detail.label);
      state.questions = state.questions.map((other) =>
        other === question ? { kind: 'details', labels: left } : other,
      );
      return true;
    }
    if (question.kind === 'open') {
      state.clauses.push({ form: 'label', text: `${question.label}: ${aboutSpeaker(value)}`, turn });
      state.questions = state.questions.filter((other) => other !== question);
      return true;
    }
  }
  return false;
}

/** "It's 4410 and ines@example.com", when both were asked for. */
function answerSeveral(state: State, turn: Turn, parts: readonly string[]): boolean {
  const question = state.questions.find(({ kind }) => kind === 'details');
  if (question?.kind !== 'details') return false;
  let labels = question.labels;
  const details = parts.map((part) => {
    const detail = readAskedDetail(part, labels);
    labels = labels.filter((label) => label !== detail?.label);
    return detail;
  });
  if (details.includes(undefined)) return false;
  for (const detail of details) if (detail) giveDetail(state, turn, detail);
  return true;
}

function giveDetail(state: State, turn: Turn, { label, value }: Detail): void {
  if (isSecretLabel(label)) return;
  const form = isPersonalLabel(label) ? 'detail' : 'label';
  state.clauses.push({ form, text: `${label}: ${value}`, turn });
  const settled = (question: Question) =>
    question.kind === 'details'
      ? { ...question, labels: question.labels.filter((other) => other !== label) }
      : question;
  state.questions = state.questions.map(settled);
}
