/**
 * Conversations as the contract tells of them (conversations-semantics sections 4, 7, 8 and 9), in the plainest way: everything
 * is looked through each time, and nothing is kept that can be worked out. The server is held against it.
 */

export type Channel = 'SMS' | 'VOICE' | 'WHATSAPP' | 'CHAT';
export type Status = 'ACTIVE' | 'INACTIVE' | 'CLOSED';

export interface Address {
  readonly channel: Channel;
  readonly address: string;
}

/** A participant as a caller describes it. */
export interface Party {
  readonly type: 'CUSTOMER' | 'AI_AGENT' | 'AGENT' | 'UNKNOWN';
  readonly addresses: readonly Address[];
}

export interface Participant extends Party {
  /** Number of the profile, in the order in which they were made. */
  readonly profile?: number | undefined;
}

export interface Message {
  readonly author: Address;
  readonly recipient: Address;
  readonly resourceId?: string | undefined;
  /** How long ago it was said. */
  readonly minutesAgo: number;
}

export interface Conversation {
  /** From 1, in the order of creation. */
  readonly number: number;
  /** Position of its configuration. */
  readonly configuration: number;
  readonly createdAt: number;
  status: Status;
  participants: readonly Participant[];
  said: readonly {
    readonly channel: Channel;
    readonly at: number;
    readonly resourceId: string | undefined;
  }[];
  /** The creation, the first participant, or the last time it was made ACTIVE again. */
  timersFrom: number;
  isDeleted: boolean;
}

export interface Configuration {
  readonly grouping:
    | 'GROUP_BY_PROFILE'
    | 'GROUP_BY_PARTICIPANT_ADDRESSES'
    | 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE';
  /** Channels on which the messages of the desk are captured, both ways. */
  readonly captured: readonly Channel[];
  /** In minutes. */
  readonly timeouts: Readonly<
    Record<Channel, { readonly inactive: number | undefined; readonly closed: number } | undefined>
  >;
}

export interface Model {
  readonly configurations: readonly Configuration[];
  readonly conversations: Conversation[];
  /** Milliseconds. */
  now: number;
  profiles: Profiles;
}

/** The profiles of a store, by the identities that it knows them by. */
export interface Profiles {
  readonly byIdentity: Map<string, number>;
  made: number;
}

export function createModel(configurations: readonly Configuration[], now: number): Model {
  return { configurations, conversations: [], now, profiles: { byIdentity: new Map(), made: 0 } };
}

function copyOf({ byIdentity, made }: Profiles): Profiles {
  return { byIdentity: new Map(byIdentity), made };
}

/** What the server is to answer. */
export type Outcome =
  | { readonly status: 200 | 201 | 202 | 400 }
  /** The newest conversation of the same parties. */
  | { readonly status: 409; readonly conversation: number }
  /** Positions of participants, any of which may be named. */
  | { readonly status: 409; readonly participants: readonly number[] }
  /** Positions of the participants that said and heard it. */
  | { readonly status: 201; readonly seats: readonly number[] };

/** The account's own number. */
export const deskNumber = '+12025550100';
const minuteMs = 60_000;
const lifeYears = 3;

export function createConversation(model: Model, configuration: number, parties: readonly Party[]): Outcome {
  const places = parties.map(({ addresses }) => addresses.map(placeOf));
  const isRepeated = places.some((own, at) =>
    places
      .slice(0, at)
      .flat()
      .some((place) => own.includes(place)),
  );
  if (isRepeated) return { status: 400 };
  const profiles = copyOf(model.profiles);
  const participants = parties.map((party) => identify(profiles, party));
  const same = newestWith(model, configuration, keysOf(model, configuration, participants));
  if (same) return { status: 409, conversation: same.number };
  model.profiles = profiles;
  begin(model, configuration, participants);
  return { status: 201 };
}

function begin(model: Model, configuration: number, participants: readonly Participant[]): Conversation {
  const conversation: Conversation = {
    number: model.conversations.length + 1,
    configuration,
    createdAt: model.now,
    status: 'ACTIVE',
    participants,
    said: [],
    timersFrom: model.now,
    isDeleted: false,
  };
  model.conversations.push(conversation);
  return conversation;
}

export function moveConversation(model: Model, conversation: Conversation, status: Status): Outcome {
  if (conversation.status === 'CLOSED' && status !== 'CLOSED') return { status: 400 };
  if (status === 'ACTIVE' && conversation.status === 'INACTIVE') conversation.timersFrom = model.now;
  conversation.status = status;
  return { status: 200 };
}

export function deleteConversation(conversation: Conversation): Outcome {
  conversation.isDeleted = true;
  return { status: 202 };
}

export function addParticipant(model: Model, conversation: Conversation, party: Party): Outcome {
  if (conversation.status === 'CLOSED') return { status: 400 };
  return change(
    model,
    conversation,
    party,
    (participant) => [...conversation.participants, participant],
    201,
  );
}

/** By its position. */
export function replaceParticipant(
  model: Model,
  conversation: Conversation,
  at: number,
  party: Party,
): Outcome {
  if (conversation.status === 'CLOSED') return { status: 400 };
  return change(
    model,
    conversation,
    party,
    (participant) => conversation.participants.with(at, participant),
    200,
  );
}

function change(
  model: Model,
  conversation: Conversation,
  party: Party,
  rosterWith: (participant: Participant) => readonly Participant[],
  status: 200 | 201,
): Outcome {
  const profiles = copyOf(model.profiles);
  // Whoever is replaced with the type UNKNOWN is meant to be unknown.
  const participant = status === 200 && party.type === 'UNKNOWN' ? party : identify(profiles, party);
  const participants = rosterWith(participant);
  const others = conversation.participants.flatMap((other, at) => (participants[at] === other ? [at] : []));
  const places = party.addresses.map(placeOf);
  const holders = others.filter((at) =>
    conversation.participants[at]?.addresses.some((held) => places.includes(placeOf(held))),
  );
  if (holders.length > 0) return { status: 409, participants: holders };
  const before = keysOf(model, conversation.configuration, conversation.participants);
  const gained = keysOf(model, conversation.configuration, participants).filter(
    (key) => !before.includes(key),
  );
  const same = newestWith(model, conversation.configuration, gained, conversation);
  if (same) return { status: 409, conversation: same.number };
  model.profiles = profiles;
  seat(model, conversation, participants);
  return { status };
}

/** Timers of a conversation in which nothing was said count from its first participant. */
function seat(model: Model, conversation: Conversation, participants: readonly Participant[]): void {
  if (conversation.said.length === 0 && conversation.participants.length === 0) {
    conversation.timersFrom = model.now;
  }
  conversation.participants = participants;
}

export function recordMessage(model: Model, conversation: Conversation, message: Message): Outcome {
  const { author, recipient, resourceId, minutesAgo } = message;
  const isKnown =
    resourceId !== undefined && conversation.said.some((earlier) => earlier.resourceId === resourceId);
  const profiles = copyOf(model.profiles);
  const present = conversation.participants;
  const joined: Participant[] = [];
  const seats = [author, recipient].map((address) => {
    const found = find(present, address) ?? find(joined, address);
    if (found) return found;
    const newcomer = identify(profiles, { type: 'UNKNOWN', addresses: [address] });
    joined.push(newcomer);
    return newcomer;
  });
  if (conversation.status === 'CLOSED' && (!isKnown || joined.length > 0)) return { status: 400 };
  model.profiles = profiles;
  if (!isKnown && conversation.status === 'INACTIVE') moveConversation(model, conversation, 'ACTIVE');
  if (joined.length > 0) seat(model, conversation, [...present, ...joined]);
  if (!isKnown) say(model, conversation, author.channel, minutesAgo, resourceId);
  return {
    status: 201,
    seats: seats.map((one) => [...present, ...joined].indexOf(one)),
  };
}

function say(
  model: Model,
  conversation: Conversation,
  channel: Channel,
  minutesAgo: number,
  resourceId: string | undefined,
): void {
  const at = model.now - minutesAgo * minuteMs;
  conversation.said = [...conversation.said, { channel, at, resourceId }];
}

/** A message on its way between somebody and the desk, on one channel. */
export interface CapturedMessage {
  readonly from: Address;
  readonly to: Address;
  readonly resourceId: string;
}

/** Each configuration that captures the message records it once; answers the conversations in which it is new. */
export function captureMessage(model: Model, message: CapturedMessage): Conversation[] {
  return model.configurations.flatMap(({ captured }, configuration) => {
    const isKnown = model.conversations.some(
      (other) =>
        !other.isDeleted &&
        other.configuration === configuration &&
        other.said.some(({ resourceId }) => resourceId === message.resourceId),
    );
    if (isKnown || !captured.includes(message.from.channel)) return [];
    const conversation = destinationOf(model, configuration, message) ?? begin(model, configuration, []);
    if (conversation.status === 'INACTIVE') moveConversation(model, conversation, 'ACTIVE');
    for (const address of [message.from, message.to]) meet(model, conversation, address);
    say(model, conversation, message.from.channel, 0, message.resourceId);
    return [conversation];
  });
}

/** By the customer's profile where that counts, else by the addresses alone. */
function destinationOf(
  model: Model,
  configuration: number,
  { from, to }: CapturedMessage,
): Conversation | undefined {
  const strangers = [from, to].map((address): Participant => ({ type: 'UNKNOWN', addresses: [address] }));
  const typed = [from, to].map((address): Participant => {
    const profile = model.profiles.byIdentity.get(identityOf(address));
    return { type: isOurs(address) ? 'AGENT' : 'CUSTOMER', addresses: [address], profile };
  });
  const isByProfile = model.configurations[configuration]?.grouping === 'GROUP_BY_PROFILE';
  return (
    (isByProfile ? newestWith(model, configuration, keysOf(model, configuration, typed)) : undefined) ??
    newestWith(model, configuration, keysOf(model, configuration, strangers))
  );
}

/** Gives somebody a seat, or what was not known of them: the address they have now, what they are, who they are. */
function meet(model: Model, conversation: Conversation, address: Address): void {
  const { participants } = conversation;
  const type = isOurs(address) ? 'AGENT' : 'CUSTOMER';
  const known = type === 'CUSTOMER' ? model.profiles.byIdentity.get(identityOf(address)) : undefined;
  const current =
    find(participants, address) ??
    participants.find(({ profile }) => profile !== undefined && profile === known);
  const profiles = copyOf(model.profiles);
  if (!current) {
    seat(model, conversation, [...participants, identify(profiles, { type, addresses: [address] })]);
  } else {
    const isHeld = current.addresses.some((held) => placeOf(held) === placeOf(address));
    // Who was a customer without a profile has the one that there is now, but none is made.
    const seated = { ...current, profile: current.type === 'CUSTOMER' ? known : undefined };
    const identified =
      current.type === 'UNKNOWN' ? identify(profiles, { type, addresses: [address] }) : seated;
    const addresses = isHeld ? current.addresses : [...current.addresses, address];
    const met = { ...identified, addresses, profile: current.profile ?? identified.profile };
    seat(model, conversation, participants.with(participants.indexOf(current), met));
  }
  model.profiles = profiles;
}

/** Erases the profile of somebody; conversations know them no longer. */
export function eraseProfile(model: Model, profile: number): Outcome {
  const left = [...model.profiles.byIdentity].filter(([, known]) => known !== profile);
  model.profiles = { ...model.profiles, byIdentity: new Map(left) };
  for (const conversation of model.conversations) {
    conversation.participants = conversation.participants.map((participant) =>
      participant.profile === profile ? { ...participant, profile: undefined } : participant,
    );
  }
  return { status: 202 };
}

/** Lets time pass, and conversations rest and close with it. */
export function pass(model: Model, ms: number): void {
  model.now += ms;
  for (const conversation of model.conversations) age(model, conversation);
}

function age(model: Model, conversation: Conversation): void {
  const restsAt = longestWait(model, conversation, 'inactive');
  const closesAt = Math.min(longestWait(model, conversation, 'closed'), endOfLife(conversation));
  if (closesAt <= model.now) conversation.status = 'CLOSED';
  else if (restsAt <= model.now && conversation.status === 'ACTIVE') conversation.status = 'INACTIVE';
}

/** The channel that waits longest decides; those without the timer have no say. */
function longestWait(model: Model, conversation: Conversation, timer: 'inactive' | 'closed'): number {
  const { said, participants, timersFrom, configuration } = conversation;
  const quiet = participants.flatMap(({ addresses }) => addresses.map(({ channel }) => ({ channel, at: 0 })));
  const ends = (said.length > 0 ? said : quiet).flatMap(({ channel, at }) => {
    const minutes = model.configurations[configuration]?.timeouts[channel]?.[timer];
    return minutes === undefined ? [] : [Math.max(at, timersFrom) + minutes * minuteMs];
  });
  return ends.length > 0 ? Math.max(...ends) : Number.POSITIVE_INFINITY;
}

function endOfLife({ createdAt }: Conversation): number {
  const end = new Date(createdAt);
  return end.setUTCFullYear(end.getUTCFullYear() + lifeYears);
}

/** The newest live conversation of a configuration that has one of the keys, and is not the one that asks. */
function newestWith(
  model: Model,
  configuration: number,
  keys: readonly string[],
  except?: Conversation,
): Conversation | undefined {
  return model.conversations.findLast(
    (other) =>
      other !== except &&
      !other.isDeleted &&
      other.status !== 'CLOSED' &&
      other.configuration === configuration &&
      keysOf(model, configuration, other.participants).some((key) => keys.includes(key)),
  );
}

/** What makes two conversations of one configuration the same. */
function keysOf(model: Model, configuration: number, participants: readonly Participant[]): string[] {
  const addresses = participants.flatMap((participant) => participant.addresses);
  const customers = participants.filter(({ type }) => type === 'CUSTOMER');
  switch (model.configurations[configuration]?.grouping) {
    case 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE':
      return addresses.map(({ channel }) => {
        const onChannel = addresses.filter((address) => address.channel === channel);
        return `${channel}: ${setOf(onChannel.map(bare))}`;
      });
    case 'GROUP_BY_PROFILE':
      if (customers.length > 0 && customers.every(({ profile }) => profile !== undefined)) {
        return [`profiles: ${setOf(customers.map(({ profile }) => String(profile)))}`];
      }
  }
  return addresses.length > 0 ? [`addresses: ${setOf(addresses.map(bare))}`] : [];
}

function setOf(texts: readonly string[]): string {
  return [...new Set(texts)].sort().join(', ');
}

/** A customer gets a profile, and somebody unknown whom exactly one profile stands for is a customer. */
function identify(profiles: Profiles, { type, addresses }: Party): Participant {
  const identities = addresses.map(identityOf);
  const known = [...new Set(identities.flatMap((identity) => profiles.byIdentity.get(identity) ?? []))];
  if (type === 'UNKNOWN' && known.length === 1) return { type: 'CUSTOMER', addresses, profile: known[0] };
  const [first] = identities;
  if (type !== 'CUSTOMER' || first === undefined) return { type, addresses };
  if (known.length > 0) return { type, addresses, profile: known[0] };
  profiles.made += 1;
  profiles.byIdentity.set(first, profiles.made);
  return { type, addresses, profile: profiles.made };
}

/** What a store finds somebody by: the telephone on two channels, and another identity on each of the others. */
function identityOf(address: Address): string {
  const kinds = { SMS: 'phone', VOICE: 'phone', WHATSAPP: 'whatsapp', CHAT: 'chat' };
  return `${kinds[address.channel]} ${bare(address)}`;
}

/** By the address on its channel, else by the same address on another one. */
function find(participants: readonly Participant[], address: Address): Participant | undefined {
  const has = (isSame: (held: Address) => boolean) =>
    participants.find(({ addresses }) => addresses.some(isSame));
  return has((held) => placeOf(held) === placeOf(address)) ?? has((held) => bare(held) === bare(address));
}

function placeOf(address: Address): string {
  return `${address.channel} ${bare(address)}`;
}

function isOurs(address: Address): boolean {
  return bare(address) === deskNumber;
}

/** Telephone numbers are the same however they are written. */
function bare({ channel, address }: Address): string {
  return channel === 'CHAT' ? address : `+1${address.replace(/\D/g, '').slice(-10)}`;
}
