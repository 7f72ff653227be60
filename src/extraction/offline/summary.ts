import type { Turn } from '../extractor.ts';
import type { Clause, ClauseForm } from './clause.ts';
import { trimCourtesy } from './courtesy.ts';
import { capitalise, clip, saysSomething, sentencesOf } from './text.ts';

/** Characters (memory-semantics section 18). */
const summaryMax = 1000;
/** Characters of each of its parts, so that no part crowds out how it ended. */
const wantedMax = 420;
const establishedMax = 240;
const endedMax = 320;

/** What the customer wanted, what was established, and how it ended; undefined when the customer said nothing. */
export function summarise(
  clauses: readonly Clause[],
  turns: readonly Turn[],
  customerName: string | undefined,
): string | undefined {
  if (!turns.some(({ side }) => side === 'customer')) return undefined;
  const name = customerName ?? nameSaid(clauses) ?? 'The customer';
  const told = [
    part(`${name} `, withoutRepeatedVerb(textsOf(clauses, ['predicate'])), '; ', wantedMax),
    part('Established: ', textsOf(clauses, ['label']), '; ', establishedMax),
    part('', endings(clauses), ' ', endedMax),
  ].filter((text) => text !== '');
  return clip(told.length > 0 ? told.join(' ') : quote(turns, name), summaryMax);
}

function nameSaid(clauses: readonly Clause[]): string | undefined {
  return textsOf(clauses, ['detail'])
    .find((text) => text.startsWith('name: '))
    ?.slice('name: '.length);
}

function textsOf(clauses: readonly Clause[], forms: readonly ClauseForm[]): string[] {
  return clauses.filter(({ form }) => forms.includes(form)).map(({ text }) => text);
}

/** "wants a table; wants a cab" → "wants a table; a cab". */
function withoutRepeatedVerb(texts: readonly string[]): string[] {
  const verb = /^(?:wants|needs) /;
  return texts.map((text, at) => (verb.test(texts[at - 1] ?? '') ? text.replace(verb, '') : text));
}

/** As many texts as fit, in their order; those about how it began come first. */
function part(lead: string, texts: readonly string[], separator: string, lengthMax: number): string {
  let joined = '';
  for (const text of texts) {
    const longer = joined === '' ? text : joined + separator + text;
    if (lead.length + longer.length + 1 > lengthMax) break;
    joined = longer;
  }
  joined ||= clip(texts[0] ?? '', lengthMax - lead.length - 1);
  return joined === '' ? '' : `${lead}${joined}${/[.…]$/.test(joined) ? '' : '.'}`;
}

const endingLeads: Readonly<Partial<Record<ClauseForm, string>>> = {
  agreed: 'Agreed: ',
  chosen: 'Chosen: ',
  offered: 'Left open: ',
  outcome: 'Outcome: ',
  told: 'Told: ',
};
const endingsMax = 4;

/** The last things agreed and done, in the order in which they happened. */
function endings(clauses: readonly Clause[]): string[] {
  return clauses
    .filter(({ form }) => endingLeads[form] !== undefined)
    .slice(-endingsMax)
    .map(({ form, text }) => `${endingLeads[form]}${text.replace(/\.$/, '')}.`);
}

/** Without a fact to go by: what the customer first said, and the last word from the other side. */
function quote(turns: readonly Turn[], name: string): string {
  const opening = firstWords(turns.filter(({ side }) => side === 'customer'));
  const closing = firstWords(turns.filter(({ side }) => side === 'agent').toReversed());
  const parts = [
    opening === undefined
      ? `${name} was in touch and said nothing of substance.`
      : `${name} said: "${opening}".`,
    ...(closing === undefined ? [] : [`The agent said last: "${closing}".`]),
  ];
  return capitalise(parts.join(' '));
}

const quoteMax = 300;

function firstWords(turns: readonly Turn[]): string | undefined {
  for (const { text } of turns) {
    const said = sentencesOf(text).find((sentence) => saysSomething(trimCourtesy(sentence).rest));
    if (said !== undefined) return clip(said.replace(/[.\s]+$/, ''), quoteMax);
  }
  return undefined;
}
