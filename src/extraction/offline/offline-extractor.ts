import type { ExtractorStamp } from '../../memory/index.ts';
import type { Extractor, Turn } from '../extractor.ts';
import { brief } from './brief.ts';
import type { Clause } from './clause.ts';
import { concise } from './concise.ts';
import { withoutCovered } from './coverage.ts';
import { readDialogue } from './dialogue.ts';
import { packClauses } from './pack.ts';
import { isEnglish, quoteCustomer, summariseQuotes } from './quotes/quotes.ts';
import { withCalendarDays } from './relative-dates.ts';
import { summarise } from './summary.ts';
import { type TopicalClause, withTopics } from './topic.ts';

/** The version counts changes of the rules that change what they say. */
const rules: ExtractorStamp = { name: 'rules', version: '2' };

/** Reads conversations with rules alone: deterministic, in milliseconds, and without any text leaving the machine. */
export function offlineExtractor(): Extractor {
  return {
    async extract({ customerName, turns, wantsSummary }) {
      if (!isEnglish(turns)) {
        const summary = wantsSummary ? summariseQuotes(turns, customerName) : undefined;
        return { observations: quoteCustomer(turns), summary, by: rules };
      }
      const clauses = readDialogue(turns);
      return {
        observations: packClauses(await notesOf(clauses, turns), turns.length),
        summary: wantsSummary ? summarise(await inBrief(clauses), turns, customerName) : undefined,
        by: rules,
      };
    },
  };
}

/** All that was said, in fewer words. */
function inBrief(clauses: readonly Clause[]): Promise<Clause[]> {
  return Promise.all(clauses.map(concise).map(withCalendarDays));
}

/** What is worth keeping of a conversation, in few words. */
async function notesOf(clauses: readonly Clause[], turns: readonly Turn[]): Promise<TopicalClause[]> {
  const said = turns.filter(({ side }) => side === 'customer').map(({ text }) => text.length);
  const customerCharacters = said.reduce((sum, length) => sum + length, 0);
  const notes = brief(withTopics(withoutCovered(clauses.map(concise))), customerCharacters);
  return Promise.all(notes.map(withCalendarDays));
}
