import { describe, expect, it } from 'vitest';
import { phrasesOf } from './phrases.ts';

describe('the phrases of a sentence', () => {
  it.each([
    ['a one way flight from Porto to Faro', ['a one way flight', 'from Porto', 'to Faro']],
    ['will be flying from Porto, and it should be on the 3rd', ['flying from Porto', 'on the 3rd']],
    [
      'arriving on the 3rd of May and leaving on the 9th',
      ['arriving on the 3rd of May', 'leaving on the 9th'],
    ],
    ['make a booking for 4 people at Casa Azul', ['for 4 people', 'at Casa Azul']],
    ['an appointment with Dr. Maria K. Lund', ['an appointment', 'with Dr. Maria K. Lund']],
    ['it takes place the day after tomorrow', ['the day after tomorrow']],
    ['there are 0 bags to check in', ['0 bags']],
    ['please do it then', []],
  ])('%s', (text, phrases) => {
    expect(phrasesOf(text)).toEqual(phrases);
  });
});
