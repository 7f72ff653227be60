import { describe, expect, it } from 'vitest';
import type { Candidate } from './extractor.ts';
import { recognise } from './recognise.ts';
import { reconcile } from './reconcile.ts';

function candidate(content: string, message: number): Candidate {
  return { content, occurredAt: message, evidence: [message] };
}

describe('recognising candidates', () => {
  it('has what is said in part compared with an observation that is said in full once more', () => {
    const candidates = [
      candidate('Customer wants a court with lights on Friday at 6:40 pm. Chose: court 7', 0),
      candidate('Customer was offered: court with lights, 6:40 am', 1),
    ];
    const first = reconcile(candidates, []).added;
    expect(first.map(({ content }) => content)).toEqual([candidates[0]?.content]);

    const existing = first.map(({ content }, at) => ({ id: `${at}`, content, conversationIds: ['one'] }));
    const again = recognise(candidates, { existing, earlier: [], communicationIdsOf: () => [] });
    expect(again.revised).toEqual([]);
    expect(reconcile(again.others, again.untouched)).toEqual({ added: [], revised: [] });
  });
});
