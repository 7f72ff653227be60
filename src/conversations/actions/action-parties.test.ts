import { describe, expect, it } from 'vitest';
import type { Participant, ParticipantAddress } from '../participants/index.ts';
import type { ActionPartyInput } from './action.wire.ts';
import { providerAddress, resolveParties } from './action-parties.ts';

const ours = '+12025550100';
const theirs = '+12025550123';

function participant(id: string, ...addresses: readonly [channel: string, address: string][]): Participant {
  return {
    id,
    conversationId: 'conv_conversation_1',
    accountId: 'AC1',
    givenName: '',
    type: 'UNKNOWN',
    profileId: undefined,
    addresses: addresses.map(
      ([channel, address]): ParticipantAddress => ({ channel, address, channelId: null }),
    ),
    createdAt: 0,
    updatedAt: 0,
  };
}

const participants = [
  participant('agent', ['SMS', ours]),
  participant('customer', ['SMS', theirs], ['WHATSAPP', `whatsapp:${theirs}`], ['VOICE', theirs]),
  participant('two-numbers', ['SMS', '+12025550111'], ['SMS', '+12025550112']),
  participant('nobody'),
  participant('caller', ['VOICE', '+12025550113']),
  participant('repeated', ['CHAT', 'dana'], ['CHAT', 'dana']),
];

const from = { participantId: 'agent' };
const resolve = (to: ActionPartyInput[], sender: ActionPartyInput = from) =>
  resolveParties(participants, { from: sender, to });

describe('a party', () => {
  it.each<[string, ActionPartyInput, object]>([
    [
      'by participant and channel',
      { participantId: 'customer', channel: 'SMS' },
      { participantId: 'customer', address: theirs, channel: 'SMS' },
    ],
    [
      'by a participant that has one address',
      { participantId: 'agent' },
      { participantId: 'agent', address: ours, channel: 'SMS' },
    ],
    [
      'by address and channel',
      { address: '+12025550199', channel: 'SMS' },
      { address: '+12025550199', channel: 'SMS' },
    ],
    [
      'by all three',
      { participantId: 'two-numbers', channel: 'SMS', address: '+1 (202) 555-0112' },
      { participantId: 'two-numbers', address: '+12025550112', channel: 'SMS' },
    ],
    [
      'by participant and address, in the form of only one of its channels',
      { participantId: 'two-numbers', address: '+12025550112', channel: null },
      { participantId: 'two-numbers', address: '+12025550112', channel: 'SMS' },
    ],
    [
      'with nulls for what is not said',
      { participantId: null, address: theirs, channel: 'SMS' },
      { address: theirs, channel: 'SMS' },
    ],
  ])('is found %s', (_form, party, found) => {
    expect(resolve([party]).to).toEqual([found]);
  });

  it('may be named in another form than the others', () => {
    const sender = { address: ours, channel: 'SMS' } as const;
    const to = [
      { participantId: 'customer', channel: 'SMS' },
      { address: '+12025550111', channel: 'SMS' },
    ] as const;
    expect(resolve([...to], sender)).toEqual({
      channel: 'SMS',
      from: sender,
      to: [{ participantId: 'customer', address: theirs, channel: 'SMS' }, to[1]],
    });
  });

  it('has one address when it has the same one twice', () => {
    const dana = { participantId: 'repeated' };
    const found = resolve([{ address: 'erin', channel: 'CHAT' }], dana);
    expect(found.from).toEqual({ participantId: 'repeated', address: 'dana', channel: 'CHAT' });
  });

  it.each<[ActionPartyInput, string]>([
    [{}, 'payload.to.0: must have a participantId, or an address and its channel'],
    [{ channel: 'SMS' }, 'payload.to.0: must have a participantId, or an address and its channel'],
    [{ address: theirs }, 'payload.to.0.channel: must not be null'],
    [{ participantId: 'stranger' }, 'payload.to.0.participantId: is not a participant of this conversation'],
    [{ participantId: 'nobody' }, 'payload.to.0.participantId: has no address'],
    [
      { participantId: 'customer' },
      'payload.to.0.participantId: has several addresses; name the channel too',
    ],
    [{ participantId: 'customer', channel: 'RCS' }, 'payload.to.0.participantId: has no address on RCS'],
    [
      { participantId: 'two-numbers', channel: 'SMS' },
      'payload.to.0.participantId: has several addresses on SMS; name the address too',
    ],
    [
      { participantId: 'customer', channel: 'SMS', address: ours },
      'payload.to.0.participantId: has another address on SMS',
    ],
    [{ address: theirs, channel: 'CHAT' }, 'payload.to.0.channel: must be SMS, the channel of payload.from'],
    [
      { participantId: 'customer', channel: 'WHATSAPP' },
      'payload.to.0.channel: must be SMS, the channel of payload.from',
    ],
  ])('%j is refused', (party, message) => {
    expect(() => resolve([party])).toThrow(message);
  });

  it.each<ActionPartyInput>([
    { participantId: 'caller' },
    { participantId: 'customer', channel: 'VOICE' },
    { address: 'ada@example.com', channel: 'EMAIL' },
  ])('%j cannot send', (sender) => {
    const channel = sender.channel ?? 'VOICE';
    expect(() => resolve([{ address: theirs, channel: 'SMS' }], sender)).toThrow(
      `payload.from.channel: must be one of ["SMS","RCS","WHATSAPP","CHAT"]: nothing can be sent on ${channel}`,
    );
  });

  it('is not sent the same message twice', () => {
    const twice: ActionPartyInput[] = [
      { address: '+12025550111', channel: 'SMS' },
      { address: theirs, channel: 'SMS' },
      { participantId: 'customer', channel: 'SMS' },
    ];
    expect(() => resolve(twice)).toThrow('payload.to.2: is the recipient of payload.to.1');
  });
});

describe('an address for a provider', () => {
  it.each([
    ['SMS', ' +1 (202) 555-0123', theirs],
    ['SMS', 'EXAMPLE', 'EXAMPLE'],
    ['SMS', '55555', '55555'],
    ['WHATSAPP', theirs, `whatsapp:${theirs}`],
    ['WHATSAPP', `whatsapp:${theirs}`, `whatsapp:${theirs}`],
    ['RCS', theirs, `rcs:${theirs}`],
    ['RCS', 'rcs:example_agent', 'rcs:example_agent'],
    ['CHAT', 'dana', 'dana'],
  ] as const)('on %s is, of %s, %s', (channel, address, form) => {
    expect(providerAddress({ channel, address })).toBe(form);
  });
});
