import { describe, expect, it } from 'vitest';
import { isSecretLabel, isSpecialCategory, withoutSecrets } from './sensitive.ts';

describe('secrets', () => {
  it.each([
    ['My card is 4111 1111 1111 1111, thanks', 'My card is [card ending in 1111], thanks'],
    ['4111111111111111', '[card ending in 1111]'],
    ['my password is Tr0ub4dor', 'my password is [removed]'],
    ['PIN: 4821', 'PIN: [removed]'],
    ['the code for my account: security code is 123', 'the code for my account: security code is [removed]'],
    ['my ssn is 123-45-6789', 'my ssn is [removed]'],
  ])('are taken out of "%s"', (text, expected) => {
    expect(withoutSecrets(text)).toBe(expected);
  });

  it.each([
    'Order 4111111111111112',
    'call me at +1 202 555 0143',
    'my password is wrong',
    'order 3348-9175-02',
  ])('are not seen in "%s"', (text) => {
    expect(withoutSecrets(text)).toBe(text);
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
    'Customer was diagnosed with diabetes',
    'Customer is a Catholic',
    'Customer voted for the Greens',
  ])('are recognised in "%s"', (content) => {
    expect(isSpecialCategory(content)).toBe(true);
  });

  it.each([
    'Customer wants to book a table',
    'Customer has a dog',
    'Customer prefers straight cut jeans',
  ])('are not seen in "%s"', (content) => {
    expect(isSpecialCategory(content)).toBe(false);
  });
});
