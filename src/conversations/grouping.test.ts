import { describe, expect, it } from 'vitest';
import { type GroupingParty, groupingKeys } from './grouping.ts';

const byChannel = 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE';
const byAddress = 'GROUP_BY_PARTICIPANT_ADDRESSES';
const byProfile = 'GROUP_BY_PROFILE';

function party(type: string, addresses: readonly [channel: string, address: string][], profileId?: string) {
  return { type, profileId, addresses: addresses.map(([channel, address]) => ({ channel, address })) };
}
const customer = (channel: string, address: string, profileId?: string): GroupingParty =>
  party('CUSTOMER', [[channel, address]], profileId);
const agent = (channel: string, address = '+12025550100'): GroupingParty =>
  party('AI_AGENT', [[channel, address]]);

describe('grouping by addresses and channel', () => {
  it('finds the same parties whatever their order and spelling', () => {
    const first = groupingKeys(byChannel, [
      customer('WHATSAPP', 'whatsapp:+12025550123'),
      agent('WHATSAPP', 'whatsapp:+12025550100'),
    ]);
    const second = groupingKeys(byChannel, [agent('WHATSAPP'), customer('WHATSAPP', '+1 (202) 555-0123')]);
    expect(second).toEqual(first);
    expect(first).toHaveLength(1);
  });

  it('keeps channels apart', () => {
    const sms = groupingKeys(byChannel, [customer('SMS', '+12025550123'), agent('SMS')]);
    const voice = groupingKeys(byChannel, [customer('VOICE', '+12025550123'), agent('VOICE')]);
    expect(sms).not.toEqual(voice);
  });

  it('has a key for each channel of parties who are on several', () => {
    const both = groupingKeys(byChannel, [
      party('CUSTOMER', [
        ['SMS', '+12025550123'],
        ['VOICE', '+12025550123'],
      ]),
      party('AI_AGENT', [
        ['SMS', '+12025550100'],
        ['VOICE', '+12025550100'],
      ]),
    ]);
    const sms = groupingKeys(byChannel, [customer('SMS', '+12025550123'), agent('SMS')]);
    expect(both).toHaveLength(2);
    expect(both).toEqual(expect.arrayContaining(sms));
  });

  it('tells another customer address apart', () => {
    const one = groupingKeys(byChannel, [customer('SMS', '+12025550123'), agent('SMS')]);
    const other = groupingKeys(byChannel, [customer('SMS', '+12025550124'), agent('SMS')]);
    expect(one).not.toEqual(other);
  });
});

describe('grouping by addresses', () => {
  it('joins one number over all telephone channels', () => {
    const sms = groupingKeys(byAddress, [customer('SMS', '+12025550123'), agent('SMS')]);
    const whatsapp = groupingKeys(byAddress, [customer('WHATSAPP', 'whatsapp:+12025550123'), agent('VOICE')]);
    expect(whatsapp).toEqual(sms);
  });

  it('looks at addresses only, not at profiles', () => {
    const parties = (profileId: string) => [customer('SMS', '+12025550123', profileId)];
    expect(groupingKeys(byAddress, parties('mem_profile_a'))).toEqual(
      groupingKeys(byAddress, parties('mem_profile_b')),
    );
  });
});

describe('grouping by profile', () => {
  it('joins all addresses and channels of one customer, whoever else is there', () => {
    const sms = groupingKeys(byProfile, [customer('SMS', '+12025550123', 'mem_profile_a'), agent('SMS')]);
    const chat = groupingKeys(byProfile, [customer('CHAT', 'dana', 'mem_profile_a')]);
    expect(chat).toEqual(sms);
  });

  it('tells customers apart who share an address', () => {
    const one = groupingKeys(byProfile, [customer('SMS', '+12025550123', 'mem_profile_a')]);
    const other = groupingKeys(byProfile, [customer('SMS', '+12025550123', 'mem_profile_b')]);
    expect(one).not.toEqual(other);
  });

  it('falls back to the addresses while a customer has no profile', () => {
    const parties = [customer('SMS', '+12025550123'), agent('SMS')];
    expect(groupingKeys(byProfile, parties)).toEqual(groupingKeys(byAddress, parties));
    expect(groupingKeys(byProfile, parties)).toHaveLength(1);
  });
});

describe('any grouping', () => {
  it.each([byChannel, byAddress, byProfile] as const)('%s gives nobody no key', (type) => {
    expect(groupingKeys(type, [])).toEqual([]);
    expect(groupingKeys(type, [party('UNKNOWN', [])])).toEqual([]);
  });

  it('keeps keys short however many parties there are', () => {
    const many = Array.from({ length: 50 }, (_, at) => customer('CHAT', `${'x'.repeat(250)}${at}`));
    const [key = ''] = groupingKeys(byAddress, many);
    expect(key.length).toBeLessThan(100);
  });
});
