import { describe, expect, it } from 'vitest';
import { contactDetailsOf } from './contact.ts';
import type { Turn } from './extractor.ts';

const turn = (side: Turn['side'], text: string): Turn => ({
  index: 0,
  side,
  text,
  occurredAt: 0,
  isNew: true,
});

function detailsOf(contents: readonly string[], said: string, side: Turn['side'] = 'customer') {
  const candidates = contents.map((content) => ({ content, occurredAt: 0, evidence: [0] }));
  return contactDetailsOf(candidates, [turn(side, said)]);
}

describe('how to reach a customer', () => {
  it('is taken from what observations say of name, e-mail address and number', () => {
    expect(
      detailsOf(
        [
          "Customer's name: Ines Maria Duarte",
          "Customer's email: ines@example.com",
          "Customer's phone number: +1 202 555 0143",
          'Customer wants a court',
        ],
        'Ines Maria Duarte here, ines@example.com or +1 202 555 0143',
      ),
    ).toEqual({
      firstName: 'Ines',
      lastName: 'Maria Duarte',
      email: 'ines@example.com',
      phone: '+1 202 555 0143',
    });
  });

  it.each([
    ['12 Mill Lane', { street: '12 Mill Lane' }],
    [
      '12 Mill Lane, Springfield, IL 62704',
      { street: '12 Mill Lane', city: 'Springfield', state: 'IL', postalCode: '62704' },
    ],
    ['Lindenweg 4, 28195, Bremen', { street: 'Lindenweg 4', postalCode: '28195', city: 'Bremen' }],
    ['the same as before', {}],
  ])('takes an address apart: %s', (address, details) => {
    expect(detailsOf([`Customer's address: ${address}`], `It is ${address}`)).toEqual(details);
  });

  it('is not what an agent read out', () => {
    expect(detailsOf(["Customer's email: ines@example.com"], 'Still ines@example.com?', 'agent')).toEqual({});
  });

  it('is not another address than where they live', () => {
    expect(detailsOf(["Customer's billing address: 1 High Street"], '1 High Street')).toEqual({});
  });
});
