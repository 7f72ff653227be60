import type { Turn } from '../extractor.ts';
import { type AgentTurn, type Proposal, readAgentTurn } from './agent-turn.ts';
import type { Clause } from './clause.ts';
import { type CustomerTurn, readCustomerTurn, type Utterance } from './customer-turn.ts';
import { cleanValue, type Detail, isPersonalLabel, readAskedDetail, readBareContact } from './details.ts';
import type { Question } from './question.ts';
import { saysSomething } from './text.ts';
import { aboutSpeaker } from './third-person.ts';

/** Where a conversation stands while it is read: what was asked and what was offered. */
interface State {
  questions: readonly Question[];
  proposal: (Proposal & { readonly turn: Turn }) | undefined;
  /** The customer asked something, and an answer is due. */
  hasAsked: boolean;
  /** The last message was an agent's. */
  isAgentBlock: boolean;
  readonly clauses: Clause[];
}

/** Every fact of a conversation, in order. A short answer takes its meaning from the question before it. */
export function readDialogue(turns: readonly Turn[]): Clause[] {
  const state: State = {
    questions: [],
    proposal: undefined,
    hasAsked: false,
    isAgentBlock: false,
    clauses: [],
  };
  for (const turn of turns) {
    if (turn.side === 'agent') hearAgent(state, turn, readAgentTurn(turn.text));
    else if (turn.side === 'customer') hearCustomer(state, turn, readCustomerTurn(turn.text));
  }
  leaveProposal(state);
  return state.clauses;
}

function hearAgent(state: State, turn: Turn, said: AgentTurn): void {
  const asked = state.isAgentBlock ? [...state.questions, ...said.questions] : said.questions;
  // Silence on a question leaves it open: agents often say "one moment" in between.
  if (asked.length > 0) state.questions = asked;
  state.isAgentBlock = true;
  if (said.proposal && !(state.hasAsked && state.proposal && said.proposal.kind === 'offer')) {
    state.proposal = { ...said.proposal, turn };
  }
  for (const text of said.outcomes) state.clauses.push({ form: 'outcome', text, turn });
  if (said.outcomes.length > 0 && !said.proposal) state.proposal = undefined;
  if (!state.hasAsked || said.proposal) return;
  const told = said.statements.filter((statement) => commitment.test(statement));
  for (const text of told) state.clauses.push({ form: 'told', text, turn });
  if (said.statements.length + said.outcomes.length > 0) state.hasAsked = false;
}

/** Answers that the customer may hold the company to: money, and how long something takes or lasts. */
const commitment =
  /[$€£]\s?\d|\d\s?(?:%|percent\b)|\b(?:refund|fee|charge|costs?|price|warranty|policy|credit|discount|(?:business |working )?(?:days?|weeks?|months?|hours?))\b/i;

function hearCustomer(state: State, turn: Turn, said: CustomerTurn): void {
  settleProposal(state, turn, said);
  answerYesNo(state, turn, said);
  for (const utterance of said.utterances) hear(state, turn, utterance);
  // Details that are still missing are often given one message at a time; other questions are over.
  if (said.utterances.length > 0) state.questions = state.questions.filter(({ kind }) => kind === 'details');
  state.hasAsked =
    said.utterances.some(({ kind }) => kind === 'question') || (state.hasAsked && !state.isAgentBlock);
  state.isAgentBlock = false;
}

/** An offer is taken up by a yes or by an order to book it, and falls when something else is asked for. */
function settleProposal(state: State, turn: Turn, said: CustomerTurn): void {
  const { proposal } = state;
  if (!proposal || !state.isAgentBlock) return;
  if (said.wantsAlternative || said.reply === 'decline') {
    state.proposal = undefined;
    return;
  }
  if (said.reply !== 'accept' && !said.utterances.some(isOrder)) return;
  const form = proposal.kind === 'confirmation' ? 'agreed' : 'chosen';
  state.clauses.push({ form, text: proposal.text, turn });
  state.proposal = undefined;
}

function isOrder(utterance: Utterance): boolean {
  return (
    utterance.kind === 'request' &&
    /\b(?:book|reserve|buy|purchase|go with|take|order|(?:that|this) one)\b/i.test(utterance.predicate)
  );
}

/** What the customer asked about and did not turn down is worth knowing even when nothing was booked. */
function leaveProposal(state: State): void {
  if (state.proposal?.kind !== 'offer') return;
  state.clauses.push({ form: 'offered', text: state.proposal.text, turn: state.proposal.turn });
}

function answerYesNo(state: State, turn: Turn, { reply }: CustomerTurn): void {
  const question = state.questions.findLast(({ kind }) => kind === 'yes-no');
  if (question?.kind !== 'yes-no' || reply === undefined || !state.isAgentBlock) return;
  const text = reply === 'accept' ? question.yes : question.no;
  const isLabel = /: (?:yes|no)$/.test(text);
  state.clauses.push({ form: isLabel ? 'label' : 'predicate', text, turn });
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
    case 'statement': {
      const value =
        /^(?:(?:it|that|this|they)(?:'s|’s| is| are| was| would be| will be| should be)|i(?:'m|’m|m| am)(?! \p{L}+ing\b))\b/iu.test(
          utterance.raw,
        )
          ? utterance.raw
          : undefined;
      if (value !== undefined && answer(state, turn, value, shortAnswerWordsMax)) return;
      if (saysSomething(utterance.predicate.replace(/^says /, '')))
        state.clauses.push({
          form: 'predicate',
          text: utterance.predicate,
          turn,
          isPersonal: utterance.isPersonal,
        });
      return;
    }
    case 'fragment':
      hearFragment(state, turn, utterance.text);
      return;
    case 'question':
  }
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

function giveDetail(state: State, turn: Turn, { label, value }: Detail): void {
  const form = isPersonalLabel(label) ? 'detail' : 'label';
  state.clauses.push({ form, text: `${label}: ${value}`, turn });
  const settled = (question: Question) =>
    question.kind === 'details'
      ? { ...question, labels: question.labels.filter((other) => other !== label) }
      : question;
  state.questions = state.questions.map(settled);
}
