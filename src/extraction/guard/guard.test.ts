import { describe, expect, it } from 'vitest';
import { guardCategories } from '../../config/index.ts';
import { createGuard, isSecretLabel } from './index.ts';

/** In microseconds of the processor's time, which a busy machine does not lengthen. */
const second = 1_000_000;
const guard = createGuard();
const mask = (text: string) => guard.mask(text).text;

describe('payment cards', () => {
  it.each([
    ['My card is 4111 1111 1111 1111, thanks', 'My card is [card ending in 1111], thanks'],
    ['4111111111111111', '[card ending in 1111]'],
    ['4111-1111-1111-1111 12/29', '[card ending in 1111] 12/29'],
    ['three seven eight two, eight two two four, six three one double oh oh five', '[card ending in 0005]'],
    ['forty-one eleven eleven eleven eleven eleven eleven eleven', '[card ending in 1111]'],
    ['my card number is 4111 1111 1111 111', 'my card number is [card ending in 1111]'],
    ['the CVV is 737', 'the CVV is [removed]'],
    ['My Visa expires 04/29.', 'My Visa expires [removed].'],
  ])('are taken out of "%s"', (text, expected) => {
    expect(mask(text)).toBe(expected);
  });

  it.each([
    'Order 4111111111111112',
    'Order number 4111 1111 1111 1111',
    'call me at +1 202 555 0143',
    'order 3348-9175-02',
    'My milk expires 04/29.',
  ])('are not seen in "%s"', (text) => {
    expect(mask(text)).toBe(text);
  });
});

describe('national ids', () => {
  it.each([
    ['US', '123-45-6789'],
    ['Spain', '12345678Z'],
    ['Spain, of a foreigner', 'X1234567L'],
    ['Italy', 'RSSMRA85T10A562S'],
    ['Brazil', '111.444.777-35'],
    ['India', '2341 2341 2346'],
    ['United Kingdom', 'AB 12 34 56 C'],
    ['France', '2 69 05 49 588 157 80'],
    ['Turkey', '10000000146'],
    ['China', '11010519491231002X'],
    ['Poland', '44051401359'],
    ['Sweden', '811218-9876'],
    ['Finland', '131052-308T'],
    ['Switzerland', '756.9217.0769.85'],
    ['Singapore', 'S1234567D'],
    ['Chile', '12.345.678-5'],
    ['Germany', '86095742719'],
    ['Belgium', '85.07.30-033.28'],
    ['South Africa', '8001015009087'],
    ['South Korea', '900101-1234567'],
    ['Czechia', '736028/5163'],
    ['Ireland', '1234567FA'],
  ])('of %s are taken out', (_, id) => {
    expect(mask(`It is ${id}, as asked`)).toBe('It is [removed], as asked');
  });

  it.each([
    ['Spain', '12345678A'],
    ['Italy', 'RSSMRA85T10A562A'],
    ['Brazil', '111.444.777-36'],
    ['India', '2341 2341 2347'],
    ['France', '2 69 05 49 588 157 81'],
    ['Turkey', '10000000147'],
    ['China', '110105194912310021'],
    ['Poland', '44051401358'],
    ['Sweden', '811218-9875'],
    ['Germany', '86095742718'],
    ['Switzerland', '756.9217.0769.84'],
  ])('of %s are told by their check digits', (_, id) => {
    expect(mask(`It is ${id}, as asked`)).toContain(id);
  });

  it.each([
    ['My BSN is 111222333', 'My BSN is [removed]'],
    ['passport number X4RTBPFW4', 'passport number [removed]'],
    ['my social is two one nine, oh nine, nine nine nine nine', 'my social is [removed]'],
    ['the last four of my SSN are 6789', 'the last four of my SSN are [removed]'],
  ])('are known by name in "%s"', (text, expected) => {
    expect(mask(text)).toBe(expected);
  });

  it('are not what parcels and phones have', () => {
    const text = 'Tracking number 2341 2341 2346, my phone is 8112189876.';
    expect(mask(text)).toBe(text);
  });
});

describe('credentials', () => {
  it.each([
    ['my password is Tr0ub4dor', 'my password is [removed]'],
    ['The password for the portal is sunshine.', 'The password for the portal is [removed].'],
    ['PIN: 4821', 'PIN: [removed]'],
    ['4821 is my PIN', '[removed] is my PIN'],
    ['the code for my account: security code is 123', 'the code for my account: security code is [removed]'],
    ['The code you sent me is 482 913', 'The code you sent me is [removed]'],
    ['the text says 774201', 'the text says [removed]'],
    [
      'If nobody is home use 5580, that is our gate code',
      'If nobody is home use [removed], that is our gate code',
    ],
    ['api key: 8f14e45fceea167a5a36dedd4bea2543', 'api key: [removed]'],
    ['postgres://shop:s3cret@db.example.com', 'postgres://shop:[removed]@db.example.com'],
  ])('are taken out of "%s"', (text, expected) => {
    expect(mask(text)).toBe(expected);
  });

  it.each([
    `sk_${'live'}_4eC39HqLyjWDarjtT1zdp7dc`,
    `AKIA${'IOSFODNN7EXAMPLE'}`,
    `gh${'p'}_16C7e42F292c6912E7710c838347Ae178B4a`,
    `xox${'b'}-123456789012-abcdefghijkl`,
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N',
  ])('are known by their form: %s', (key) => {
    expect(mask(`Look: ${key} fails`)).toBe('Look: [removed] fails');
  });

  it.each([
    'my password is wrong',
    'The promo code SAVE20 does not work',
    'I changed my PIN in 2024',
    'zip code 94110',
  ])('are not seen in "%s"', (text) => {
    expect(mask(text)).toBe(text);
  });

  it('are known by their names', () => {
    expect(['password', 'PIN', 'CVV', 'order ID', 'pinboard'].map(isSecretLabel)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('special categories of personal data', () => {
  it.each([
    ['health', 'Customer was diagnosed with diabetes'],
    ['health', 'Customer is allergic to some of the antibiotics'],
    ['ethnicity', 'Customer is of Kurdish descent'],
    ['politics', 'Customer voted for the Greens'],
    ['religion', 'Customer is a Catholic'],
    ['union-membership', 'Customer is a member of a trade union'],
    ['sexuality', 'Customer is a lesbian'],
    ['genetic-biometric', 'Customer carries the BRCA1 mutation'],
    ['criminal-record', 'Customer was convicted of fraud'],
  ])('are left out: %s', (category, content) => {
    expect(guard.clean(content)).toEqual({ text: '', leftOut: [category] });
  });

  it.each([
    'Customer wants to book a table',
    'Customer has a dog',
    'Customer prefers straight cut jeans',
    "Customer's doctor's office needs an invoice",
    'Customer lives on Orthodox Street',
    'Customer will be near Union Square',
    'Customer had a positive experience',
    "Customer's daughter is allergic to walnuts",
  ])('are not seen in "%s"', (content) => {
    expect(guard.clean(content)).toEqual({ text: content, leftOut: [] });
  });

  it.each([
    ['Customer lives in Porto; has asthma; keeps bees', 'Customer lives in Porto; keeps bees'],
    ['The customer lives in Porto; is a Catholic;', 'The customer lives in Porto;'],
  ])('are left out of the middle of "%s"', (text, expected) => {
    expect(guard.clean(text).text).toBe(expected);
  });

  it('take along no more than their sentence', () => {
    expect(guard.clean('Customer lives in Porto. Customer has asthma! Customer keeps bees.').text).toBe(
      'Customer lives in Porto. Customer keeps bees.',
    );
  });
});

describe('the guard', () => {
  it('stores no sentence of which only the name of a secret is left', () => {
    expect(guard.clean("Customer's PIN is 4821. Customer keeps bees.").text).toBe('Customer keeps bees.');
  });

  it('lets in what it is told to', () => {
    const text = 'Customer has asthma. Customer is a Catholic.';
    expect(createGuard(['health']).clean(text)).toEqual({
      text: 'Customer has asthma.',
      leftOut: ['religion'],
    });
  });

  it('changes nothing when all is allowed', () => {
    const text =
      'Customer has asthma. My card is 4111 1111 1111 1111. My PIN is 4821. My SSN is 123-45-6789.';
    expect(createGuard(guardCategories).clean(text)).toEqual({ text, leftOut: [] });
  });

  it('takes time in proportion to the text, whatever is in it', () => {
    for (const part of ['1 2 3 4 ', 'password ', 'a.a.a.', 'ssn ', 'pin - ', 'one two ', 'i was ']) {
      const text = part.repeat(20_000);
      const before = process.cpuUsage();
      guard.mask(text);
      expect(process.cpuUsage(before).user).toBeLessThan(3 * second);
    }
  });
});
