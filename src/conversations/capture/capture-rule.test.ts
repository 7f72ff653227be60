import { describe, expect, it } from 'vitest';
import type { CaptureRule } from '../configurations/index.ts';
import { type CaptureSubject, isCapturedBy, toComparableRule, toComparableSubject } from './capture-rule.ts';

const ours = '+12025550100';
const theirs = '+12025550123';
const service = `IS${'0'.repeat(32)}`;

function isCaptured(rule: CaptureRule, { channel = 'SMS', ...subject }: Partial<CaptureSubject>): boolean {
  const message = { channel, from: theirs, to: [ours], metadata: {}, ...subject };
  return isCapturedBy(toComparableRule(channel, rule), toComparableSubject(message));
}

describe('a capture rule', () => {
  it.each<[boolean, string, CaptureRule, Partial<CaptureSubject>]>([
    [true, 'both ends as written', { from: theirs, to: ours }, {}],
    [false, 'another sender', { from: '+12025550124', to: ours }, {}],
    [false, 'another recipient', { from: theirs, to: '+12025550101' }, {}],
    [false, 'the other direction', { from: ours, to: theirs }, {}],
    [true, 'any sender', { from: '*', to: ours }, {}],
    [false, 'any sender, to somebody else', { from: '*', to: '+12025550101' }, {}],
    [true, 'any recipient', { from: theirs, to: '*' }, {}],
    [true, 'the whole channel', { from: '*', to: '*' }, {}],
    [true, 'a number that the rule writes otherwise', { from: '*', to: ' +1 (202) 555-0100 ' }, {}],
    [true, 'a number that the message writes otherwise', { from: '*', to: ours }, { to: ['2025550100'] }],
    [true, 'a short code', { from: '*', to: '55555' }, { to: ['55555'] }],
    [false, 'part of an address', { from: '*', to: '555' }, { to: ['55555'] }],
    [false, 'a pattern, which is none', { from: '*', to: '+1202*' }, {}],
    [
      true,
      'a WhatsApp sender without its prefix',
      { from: '*', to: ours },
      { channel: 'WHATSAPP', from: `whatsapp:${theirs}`, to: [`whatsapp:${ours}`] },
    ],
    [
      true,
      'a WhatsApp sender with its prefix',
      { from: '*', to: `whatsapp:${ours}` },
      { channel: 'WHATSAPP', from: theirs, to: [ours] },
    ],
    [
      true,
      'an RCS sender by name',
      { from: '*', to: 'rcs:example_agent' },
      { channel: 'RCS', to: ['example_agent'] },
    ],
  ])('matches (%s) %s', (expected, _what, rule, subject) => {
    expect(isCaptured(rule, subject)).toBe(expected);
  });

  const call = (callType: string): Partial<CaptureSubject> => ({ channel: 'VOICE', metadata: { callType } });

  it.each<[boolean, string | undefined, string]>([
    [true, undefined, 'PSTN'],
    [false, undefined, 'CLIENT'],
    [false, undefined, 'PUBLIC_SIP'],
    [true, 'PSTN', 'PSTN'],
    [false, 'PSTN', 'CLIENT'],
    [true, 'CLIENT', 'CLIENT'],
    [false, 'CLIENT', 'PSTN'],
    [true, 'PUBLIC_SIP', 'PUBLIC_SIP'],
    [true, 'SIP', 'PUBLIC_SIP'],
    [false, 'SIP', 'PSTN'],
  ])('captures (%s) with callType %s a %s call', (expected, callType, of) => {
    const rule = { from: '*', to: '*', ...(callType === undefined ? {} : { metadata: { callType } }) };
    expect(isCaptured(rule, call(of))).toBe(expected);
  });

  const chat = (metadata: Record<string, string>, to: string[] = []): Partial<CaptureSubject> => ({
    channel: 'CHAT',
    from: 'dana',
    to,
    metadata,
  });

  it.each<[boolean, string, CaptureRule, Partial<CaptureSubject>]>([
    [
      true,
      'its service',
      { from: '*', to: '*', metadata: { chatService: service } },
      chat({ chatService: service }),
    ],
    [
      false,
      'another service',
      { from: '*', to: '*', metadata: { chatService: service } },
      chat({ chatService: 'IS1' }),
    ],
    [false, 'no service', { from: '*', to: '*', metadata: { chatService: service } }, chat({})],
    [true, 'any service', { from: '*', to: '*' }, chat({ chatService: service })],
    [
      false,
      'one of two conditions',
      { from: '*', to: '*', metadata: { chatService: service, team: 'a' } },
      chat({ chatService: service }),
    ],
    [
      true,
      'all conditions',
      { from: '*', to: '*', metadata: { chatService: service, team: 'a' } },
      chat({ chatService: service, team: 'a' }),
    ],
    [false, 'recipients that nobody named', { from: '*', to: 'bot' }, chat({})],
    [true, 'one of several recipients', { from: '*', to: 'bot' }, chat({}, ['erin', 'bot'])],
    [false, 'an identity in other letters', { from: 'Dana', to: '*' }, chat({})],
  ])('captures (%s) a chat with %s', (expected, _what, rule, subject) => {
    expect(isCaptured(rule, subject)).toBe(expected);
  });
});
