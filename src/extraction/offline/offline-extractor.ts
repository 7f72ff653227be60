import type { ExtractorStamp } from '../../memory/index.ts';
import type { Extractor } from '../extractor.ts';
import { readDialogue } from './dialogue.ts';
import { packClauses } from './pack.ts';
import { summarise } from './summary.ts';

/** The version counts changes of the rules that change what they say. */
const rules: ExtractorStamp = { name: 'rules', version: '1' };

/** Reads conversations with rules alone: deterministic, in milliseconds, and without any text leaving the machine. */
export function offlineExtractor(): Extractor {
  return {
    async extract({ customerName, turns, wantsSummary }) {
      const clauses = readDialogue(turns);
      return {
        observations: packClauses(clauses, turns.length),
        summary: wantsSummary ? summarise(clauses, turns, customerName) : undefined,
        by: rules,
      };
    },
  };
}
