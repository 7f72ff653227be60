/**
 * The life of a conversation (conversations-semantics section 7).
 *
 * A conversation begins ACTIVE. ACTIVE → INACTIVE happens when the inactive timer runs out, or through the API; ACTIVE → CLOSED
 * and INACTIVE → CLOSED when the close timer runs out, at the age of three years, or through the API; INACTIVE → ACTIVE when
 * a communication is recorded, or through the API. A move to the status it already has changes nothing. CLOSED has no way
 * out. These are all the edges.
 *
 * Both timers count from the last communication, not from the move to INACTIVE, and where a conversation has several
 * channels the one that waits longest decides. Channels without timers neither propose nor hold back a move.
 */
export const conversationStatuses = ['ACTIVE', 'INACTIVE', 'CLOSED'] as const;
export type ConversationStatus = (typeof conversationStatuses)[number];

/** Whole minutes since the last communication; without `inactive` a conversation goes from ACTIVE to CLOSED. */
export interface StatusTimeouts {
  readonly inactive?: number;
  readonly closed: number;
}

/** Everything that decides when a conversation moves by itself. Times in milliseconds. */
export interface Life {
  readonly status: ConversationStatus;
  readonly createdAt: number;
  /** No timer counts from before this: the creation, the first participant, or the last time it was made ACTIVE again. */
  readonly timersFrom: number;
  /** Time of the last communication by channel. */
  readonly activity: Readonly<Record<string, number>>;
  /** Channels of the participants' addresses; they count while there is no communication. */
  readonly channels: readonly string[];
  readonly timeouts: Readonly<Record<string, StatusTimeouts | undefined>>;
}

/** A move that a conversation will make by itself unless something happens before. */
export interface TimedMove {
  readonly status: 'INACTIVE' | 'CLOSED';
  readonly atMs: number;
}

const minuteMs = 60_000;
const yearsMax = 3;

/** The next move that time alone will bring; undefined for a CLOSED conversation. */
export function nextTimedMove(life: Life): TimedMove | undefined {
  if (life.status === 'CLOSED') return undefined;
  const inactiveAt = longestWait(life, ({ inactive }) => inactive);
  const closedAt = longestWait(life, ({ closed }) => closed);
  const closeAt = Math.min(closedAt ?? Number.POSITIVE_INFINITY, endOfLife(life.createdAt));
  if (life.status === 'ACTIVE' && inactiveAt !== undefined && inactiveAt < closeAt) {
    return { status: 'INACTIVE', atMs: inactiveAt };
  }
  return { status: 'CLOSED', atMs: closeAt };
}

/** When the last of the channels that have this timer runs out; undefined when none has it. */
function longestWait(
  { activity, channels, timersFrom, timeouts }: Life,
  minutesOf: (timeouts: StatusTimeouts) => number | undefined,
): number | undefined {
  const counting = Object.keys(activity).length > 0 ? Object.keys(activity) : channels;
  const ends = counting.flatMap((channel) => {
    const channelTimeouts = timeouts[channel];
    const minutes = channelTimeouts && minutesOf(channelTimeouts);
    return minutes === undefined ? [] : Math.max(activity[channel] ?? 0, timersFrom) + minutes * minuteMs;
  });
  return ends.length > 0 ? Math.max(...ends) : undefined;
}

function endOfLife(createdAt: number): number {
  const end = new Date(createdAt);
  return end.setUTCFullYear(end.getUTCFullYear() + yearsMax);
}

/**
 * The activity after a communication on a channel. A communication that happened before the last one moves nothing back,
 * and one that claims to be from the future counts from now.
 */
export function noteActivity(
  activity: Readonly<Record<string, number>>,
  { channel, occurredAt, now }: { channel: string; occurredAt: number; now: number },
): Record<string, number> {
  const time = Math.min(occurredAt, now);
  return { ...activity, [channel]: Math.max(activity[channel] ?? time, time) };
}

/** Whether the API may move a conversation: everything but out of CLOSED. */
export function isMoveAllowed(from: ConversationStatus, to: ConversationStatus): boolean {
  return from !== 'CLOSED' || to === 'CLOSED';
}
