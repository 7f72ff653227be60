import { describe, expect, it } from 'vitest';
import { type Side, typeByProfile, typeBySide } from './typing.ts';

const own: Side = { isOwn: true };
const other: Side = { isOwn: false };
const said = (type: Side['type'], isOwn = false): Side => ({ type, isOwn });

describe('parties by side', () => {
  it.each([
    ['ours writes to a customer', [own, other], ['AGENT', 'CUSTOMER']],
    ['a customer writes to ours', [other, own], ['CUSTOMER', 'AGENT']],
    ['nobody is recognised', [other, other], undefined],
    ['both are ours', [own, own], undefined],
    ['ours writes, to nobody that is named', [own], ['AGENT']],
    ['somebody writes, to nobody that is named', [other], undefined],
    ['several customers and one of ours', [other, own, other], ['CUSTOMER', 'AGENT', 'CUSTOMER']],
    ['a copy of what we sent', [said('AGENT'), other], ['AGENT', 'CUSTOMER']],
    ['a copy of what we sent to one of ours', [said('AGENT'), own], undefined],
    ['the source names the customer', [said('CUSTOMER'), other], ['CUSTOMER', 'AGENT']],
    ['the source names the customer alone', [said('CUSTOMER')], ['CUSTOMER']],
    ['the source names one of ours a customer', [said('CUSTOMER', true), own], ['CUSTOMER', 'AGENT']],
    ['the source names a kind of agent', [said('AI_AGENT'), other], ['AI_AGENT', 'CUSTOMER']],
    ['the source names everybody', [said('HUMAN_AGENT'), said('CUSTOMER')], ['HUMAN_AGENT', 'CUSTOMER']],
    ['somebody else beside both sides', [said('CUSTOMER'), own, other], ['CUSTOMER', 'AGENT', 'CUSTOMER']],
  ] as const)('%s', (_what, parties, types) => {
    expect(typeBySide(parties)).toEqual(types);
  });
});

describe('parties by the profiles that are known for them', () => {
  it.each([
    ['the author alone is known', [other, other], ['p1', undefined], ['CUSTOMER', 'AGENT']],
    ['the recipient alone is known', [other, other], [undefined, 'p1'], ['AGENT', 'CUSTOMER']],
    ['both are known', [other, other], ['p1', 'p2'], ['UNKNOWN', 'UNKNOWN']],
    ['nobody is known', [other, other], [undefined, undefined], ['UNKNOWN', 'UNKNOWN']],
    ['both are ours and one is known', [own, own], [undefined, 'p1'], ['AGENT', 'CUSTOMER']],
    [
      'one of several is known',
      [other, other, other],
      [undefined, 'p1', undefined],
      ['AGENT', 'CUSTOMER', 'AGENT'],
    ],
    ['somebody alone is known', [other], ['p1'], ['CUSTOMER']],
    ['somebody alone is not', [other], [undefined], ['UNKNOWN']],
    ['the source has named one', [said('AI_AGENT'), own], [undefined, undefined], ['AI_AGENT', 'UNKNOWN']],
  ] as const)('%s', (_what, parties, profileIds, types) => {
    expect(typeByProfile(parties, profileIds)).toEqual(types);
  });
});
