import { describe, expect, it } from 'vitest';
import { bareAddress, phoneNumberOf } from './address.ts';

describe('the bare form of an address', () => {
  it.each([
    ['SMS', '+12025550123', '+12025550123'],
    ['SMS', ' (202) 555-0123 ', '+12025550123'],
    ['WHATSAPP', 'whatsapp:+1 202 555 0123', '+12025550123'],
    ['WHATSAPP', '+12025550123', '+12025550123'],
    ['RCS', 'rcs:+12025550123', '+12025550123'],
    ['RCS', 'RCS:example_sender', 'example_sender'],
    ['VOICE', 'client:dana', 'client:dana'],
    ['SMS', '55501', '55501'],
    ['EMAIL', 'Dana@Example.com', 'dana@example.com'],
    ['CHAT', '2025550123', '2025550123'],
    ['CHAT', 'whatsapp:dana', 'whatsapp:dana'],
  ])('of %s %s is %s', (channel, address, bare) => {
    expect(bareAddress({ channel, address })).toBe(bare);
  });
});

describe('the number behind an address', () => {
  it('is there for telephone channels alone', () => {
    expect(phoneNumberOf({ channel: 'RCS', address: 'rcs:+12025550123' })).toBe('+12025550123');
    expect(phoneNumberOf({ channel: 'CHAT', address: '+12025550123' })).toBeUndefined();
  });

  it('is missing for clients, SIP addresses and sender names', () => {
    for (const address of ['client:dana', 'sip:12025550123@example.com', 'ExampleShop']) {
      expect(phoneNumberOf({ channel: 'VOICE', address })).toBeUndefined();
    }
  });
});
