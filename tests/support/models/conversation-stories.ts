import fc from 'fast-check';
import {
  add,
  type Command,
  capture,
  create,
  erase,
  minuteMs,
  move,
  record,
  remove,
  replace,
  wait,
} from './conversation-commands.ts';
import type {
  Address,
  CapturedMessage,
  Channel,
  Configuration,
  Message,
  Party,
  Status,
} from './conversation-model.ts';

const yearMs = 365.25 * 24 * 60 * minuteMs;

const channel = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Channel>('SMS') },
  { weight: 1, arbitrary: fc.constantFrom<Channel>('VOICE', 'WHATSAPP', 'CHAT') },
);
const people = { ada: '202-555-0123', bob: '202-555-0124', desk: '202-555-0100' } as const;
type Person = keyof typeof people;

/** How somebody is written on a channel: mostly in one way, and sometimes in another that means the same. */
function toAddress(on: Channel, who: Person, isOtherwise: boolean): Address {
  const number = `+1${people[who].replaceAll('-', '')}`;
  const written = {
    SMS: [number, `+1 ${people[who]}`],
    VOICE: [number, people[who]],
    WHATSAPP: [`whatsapp:${number}`, number],
    CHAT: [who, who],
  }[on];
  return { channel: on, address: written[isOtherwise ? 1 : 0] ?? '' };
}

const isRare = fc.integer({ min: 0, max: 9 }).map((n) => n === 9);
const addressOf = (...names: readonly Person[]) =>
  fc.tuple(channel, fc.constantFrom(...names), isRare).map((drawn) => toAddress(...drawn));
const address = addressOf('ada', 'bob', 'desk');
/** Those who meet again and again: a customer and the desk on one channel. */
const pair = fc
  .tuple(channel, fc.constantFrom<Person>('ada', 'bob'), isRare)
  .map(([on, who, isOtherwise]): [Address, Address] => [
    toAddress(on, who, isOtherwise),
    toAddress(on, 'desk', isOtherwise),
  ]);
const toParties = ([customer, desk]: [Address, Address]): [Party, Party] => [
  { type: 'CUSTOMER', addresses: [customer] },
  { type: 'AI_AGENT', addresses: [desk] },
];
const party: fc.Arbitrary<Party> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.tuple(pair, fc.nat({ max: 1 })).map(([met, at]) => toParties(met)[at === 0 ? 0 : 1]),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom('CUSTOMER', 'AI_AGENT', 'UNKNOWN'),
      addresses: fc.array(address, { maxLength: 3 }),
    }),
  },
);
const parties: fc.Arbitrary<Party[]> = fc.oneof(
  { weight: 4, arbitrary: pair.map(toParties) },
  { weight: 2, arbitrary: fc.array(party, { maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(party, { maxLength: 3 }) },
);
const ends = fc.oneof(
  { weight: 3, arbitrary: pair },
  { weight: 2, arbitrary: pair.map(([customer, desk]): [Address, Address] => [desk, customer]) },
  { weight: 1, arbitrary: fc.tuple(address, address) },
);
const resourceId = fc.nat({ max: 3 }).map((n) => `SM${n}`);
const message: fc.Arbitrary<Message> = fc
  .tuple(ends, fc.option(resourceId, { nil: undefined }), isRare)
  .map(([[author, recipient], resourceId, isLate]) => ({
    author,
    recipient,
    resourceId,
    minutesAgo: isLate ? 5 : 0,
  }));

/** As a provider writes it. */
const captured: fc.Arbitrary<CapturedMessage> = fc
  .tuple(
    fc.constantFrom<Channel>('SMS', 'SMS', 'WHATSAPP'),
    fc.constantFrom<Person>('ada', 'bob'),
    fc.boolean(),
    resourceId,
  )
  .map(([on, who, isOutbound, id]) => {
    const ends = [toAddress(on, who, false), toAddress(on, 'desk', false)] as const;
    return { from: ends[isOutbound ? 1 : 0], to: ends[isOutbound ? 0 : 1], resourceId: id };
  });

const newer = fc.constantFrom(0, 0, 0, 1, 1, 2);
const minutes = fc.integer({ min: 1, max: 10 }).map((n) => n * minuteMs);
const status = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Status>('ACTIVE', 'INACTIVE') },
  { weight: 1, arbitrary: fc.constant<Status>('CLOSED') },
);
const span = fc.oneof(
  { weight: 40, arbitrary: minutes },
  { weight: 10, arbitrary: minutes.map((ms) => ms - 1000) },
  { weight: 1, arbitrary: fc.constant(2.9 * yearMs) },
);

const times = (count: number, arbitrary: fc.Arbitrary<Command>) =>
  Array.from({ length: count }, () => arbitrary);

/** Everything that can happen to the conversations of an account, the usual more often than the rest. */
const commands: fc.Arbitrary<Command>[] = [
  ...times(
    3,
    fc.tuple(fc.nat({ max: 1 }), parties).map((drawn) => create(...drawn)),
  ),
  ...times(
    5,
    fc.tuple(newer, message).map((drawn) => record(...drawn)),
  ),
  ...times(
    3,
    fc.tuple(captured, fc.constantFrom(1, 1, 1, 2)).map((drawn) => capture(...drawn)),
  ),
  ...times(
    5,
    fc.tuple(span, isRare).map((drawn) => wait(...drawn)),
  ),
  ...times(
    3,
    fc.tuple(newer, fc.constantFrom('PUT', 'PATCH'), status).map((drawn) => move(...drawn)),
  ),
  ...times(
    3,
    fc.tuple(newer, party).map((drawn) => add(...drawn)),
  ),
  ...times(
    2,
    fc.tuple(newer, fc.nat({ max: 2 }), party).map((drawn) => replace(...drawn)),
  ),
  newer.map(remove),
  fc.integer({ min: 1, max: 4 }).map(erase),
];

const timeouts = fc.option(
  fc.record({
    inactive: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined, freq: 3 }),
    closed: fc.integer({ min: 1, max: 30 }),
  }),
  { nil: undefined, freq: 4 },
);
const configuration: fc.Arbitrary<Configuration> = fc.record({
  grouping: fc.constantFrom(
    'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
    'GROUP_BY_PARTICIPANT_ADDRESSES',
    'GROUP_BY_PROFILE',
  ),
  captured: fc.subarray<Channel>(['SMS', 'WHATSAPP']),
  timeouts: fc.record({ SMS: timeouts, VOICE: timeouts, WHATSAPP: timeouts, CHAT: timeouts }),
});
export const configurations = fc.array(configuration, { minLength: 1, maxLength: 2 });

const commandsMax = 40;
export const stories = fc.commands(commands, { maxCommands: commandsMax, size: 'max' });
