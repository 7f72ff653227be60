import { describe, expect, it } from 'vitest';
import { normalize } from './normalize.ts';

describe('normalize a phone number', () => {
  it.each([
    ['1-202-555-0123', '+12025550123'],
    ['(202) 555-0123', '+12025550123'],
    ['2025550123', '+12025550123'],
    ['+1 202 555 0123', '+12025550123'],
    ['+49 (0)30 555 0123', '+49305550123'],
    ['4930 555 0123', '+49305550123'],
    ['123456789012345', '+123456789012345'],
  ])('reads %s as %s', (written, normal) => {
    expect(normalize(written, 'phone')).toBe(normal);
  });

  it.each([
    '',
    '555-0123',
    '202555012',
    '1234567890123456',
    '+1234567890123456',
    'call me',
    '+1 202 555 0123 ext',
  ])('refuses %j', (written) => {
    expect(normalize(written, 'phone')).toBeUndefined();
  });
});

describe('normalize other values', () => {
  it('puts e-mail addresses in lower case without spaces', () => {
    expect(normalize(' Ada. Example@Example.COM ', 'email')).toBe('ada.example@example.com');
  });

  it('trims, or leaves alone', () => {
    expect(normalize('  a b ', 'trim')).toBe('a b');
    expect(normalize('  a b ', 'none')).toBe('  a b ');
  });

  it('refuses what is empty or longer than 255 characters', () => {
    expect(normalize('   ', 'trim')).toBeUndefined();
    expect(normalize('x'.repeat(255), 'trim')).toHaveLength(255);
    expect(normalize('x'.repeat(256), 'trim')).toBeUndefined();
    expect(normalize('\u{1F600}'.repeat(255), 'trim')).toBe('\u{1F600}'.repeat(255));
    expect(normalize('\u{1F600}'.repeat(256), 'trim')).toBeUndefined();
  });
});
