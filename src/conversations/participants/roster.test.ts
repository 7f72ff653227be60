import { describe, expect, it } from 'vitest';
import { identifiersOf } from './profile-resolution.ts';
import { findHolder, indexByAddress, nameOf } from './roster.ts';

const at = (channel: string, address: string) => ({ channel, address, channelId: null });

describe('finding the participant behind an address', () => {
  const bySms = { id: 'sms', addresses: [at('SMS', '+12025550123')] };
  const byWhatsapp = { id: 'whatsapp', addresses: [at('WHATSAPP', 'whatsapp:+12025550123')] };
  const spelled = { id: 'spelled', addresses: [at('SMS', '+1 (202) 555-0123')] };

  it('prefers the address as it is written', () => {
    expect(indexByAddress([spelled, bySms]).find(at('SMS', '+12025550123'))).toBe(bySms);
  });

  it('takes the same address in another spelling before another channel', () => {
    expect(indexByAddress([byWhatsapp, spelled]).find(at('SMS', '+12025550123'))).toBe(spelled);
  });

  it('takes the same address on another channel last', () => {
    expect(indexByAddress([byWhatsapp]).find(at('VOICE', '+12025550123'))).toBe(byWhatsapp);
  });

  it('finds nobody for another address', () => {
    expect(indexByAddress([bySms, byWhatsapp]).find(at('SMS', '+12025550124'))).toBeUndefined();
  });

  it('sees an address as taken on its own channel only', () => {
    expect(findHolder([bySms], [at('SMS', '2025550123')])).toBe(bySms);
    expect(findHolder([bySms], [at('VOICE', '+12025550123')])).toBeUndefined();
  });
});

describe('the name of a participant', () => {
  it('is the one that was given, else the first address, else empty', () => {
    const addresses = [at('SMS', '+12025550123'), at('CHAT', 'dana')];
    expect(nameOf({ givenName: 'Dana', addresses })).toBe('Dana');
    expect(nameOf({ givenName: '', addresses })).toBe('+12025550123');
    expect(nameOf({ givenName: '', addresses: [] })).toBe('');
  });
});

describe('the profile identifiers of an address', () => {
  it.each([
    ['SMS', '+1 202 555 0123', [['phone', '+12025550123']]],
    ['VOICE', 'client:dana', []],
    ['RCS', 'rcs:+12025550123', [['phone', '+12025550123']]],
    ['RCS', 'rcs:example_sender', []],
    [
      'WHATSAPP',
      'whatsapp:+12025550123',
      [
        ['whatsapp', '+12025550123'],
        ['whatsapp', 'whatsapp:+12025550123'],
      ],
    ],
    ['CHAT', 'dana', [['chat', 'dana']]],
    ['EMAIL', 'dana@example.com', [['email', 'dana@example.com']]],
    ['API', 'backend', []],
  ])('on %s, %s, are %j', (channel, address, identifiers) => {
    const found = identifiersOf({ channel, address }).map(({ idType, value }) => [idType, value]);
    expect(found).toEqual(identifiers);
  });
});
