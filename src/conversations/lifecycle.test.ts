import { describe, expect, it } from 'vitest';
import { isMoveAllowed, type Life, nextTimedMove, noteActivity } from './lifecycle.ts';

const minute = 60_000;
const start = Date.UTC(2026, 0, 1);

function life(changes: Partial<Life> = {}): Life {
  return {
    status: 'ACTIVE',
    createdAt: start,
    timersFrom: start,
    activity: { SMS: start },
    channels: ['SMS'],
    timeouts: { SMS: { inactive: 10, closed: 30 } },
    ...changes,
  };
}

describe('the next move of a conversation', () => {
  it('is to INACTIVE, counted from the last communication', () => {
    const said = life({ activity: { SMS: start + 5 * minute } });
    expect(nextTimedMove(said)).toEqual({ status: 'INACTIVE', atMs: start + 15 * minute });
  });

  it('is to CLOSED once INACTIVE, also counted from the last communication', () => {
    expect(nextTimedMove(life({ status: 'INACTIVE' }))).toEqual({
      status: 'CLOSED',
      atMs: start + 30 * minute,
    });
  });

  it('is straight to CLOSED where there is no inactive timer', () => {
    const timeouts = { SMS: { closed: 30 } };
    expect(nextTimedMove(life({ timeouts }))).toEqual({ status: 'CLOSED', atMs: start + 30 * minute });
  });

  it.each([30, 40])('is to CLOSED when the inactive timer of %i minutes would not be first', (inactive) => {
    const timeouts = { SMS: { inactive, closed: 30 } };
    expect(nextTimedMove(life({ timeouts }))).toEqual({ status: 'CLOSED', atMs: start + 30 * minute });
  });

  it('waits for the channel that waits longest', () => {
    const timeouts = { SMS: { inactive: 10, closed: 30 }, VOICE: { inactive: 2, closed: 60 } };
    const activity = { SMS: start, VOICE: start + 5 * minute };
    expect(nextTimedMove(life({ timeouts, activity }))).toEqual({
      status: 'INACTIVE',
      atMs: start + 10 * minute,
    });
    expect(nextTimedMove(life({ timeouts, activity, status: 'INACTIVE' }))).toEqual({
      status: 'CLOSED',
      atMs: start + 65 * minute,
    });
  });

  it('ignores channels without timers', () => {
    const activity = { SMS: start, CHAT: start + 20 * minute };
    expect(nextTimedMove(life({ activity }))).toMatchObject({ atMs: start + 10 * minute });
  });

  it('counts from the creation, on the channels of the participants, while nothing was said', () => {
    const timeouts = { SMS: { closed: 30 }, VOICE: { closed: 90 }, CHAT: { closed: 900 } };
    const silent = life({ activity: {}, channels: ['SMS', 'VOICE'], timeouts });
    expect(nextTimedMove(silent)).toEqual({ status: 'CLOSED', atMs: start + 90 * minute });
  });

  it('never counts from before the conversation was made ACTIVE again', () => {
    const again = life({ timersFrom: start + 100 * minute });
    expect(nextTimedMove(again)).toEqual({ status: 'INACTIVE', atMs: start + 110 * minute });
  });

  it('is to CLOSED after three years at the latest', () => {
    const end = Date.UTC(2029, 0, 1);
    expect(nextTimedMove(life({ timeouts: {} }))).toEqual({ status: 'CLOSED', atMs: end });
    expect(nextTimedMove(life({ activity: { SMS: end } }))).toEqual({ status: 'CLOSED', atMs: end });
  });

  it('does not exist for a CLOSED conversation', () => {
    expect(nextTimedMove(life({ status: 'CLOSED' }))).toBeUndefined();
  });
});

describe('the activity of a channel', () => {
  const now = start + 60 * minute;

  it('is the time of its last communication', () => {
    const activity = noteActivity({ SMS: start }, { channel: 'SMS', occurredAt: now, now });
    expect(activity).toEqual({ SMS: now });
  });

  it('does not move back for one that is back-dated', () => {
    const activity = noteActivity({ SMS: now }, { channel: 'SMS', occurredAt: start, now });
    expect(activity).toEqual({ SMS: now });
  });

  it('is never in the future', () => {
    const activity = noteActivity({}, { channel: 'SMS', occurredAt: now + minute, now });
    expect(activity).toEqual({ SMS: now });
  });

  it('leaves the other channels alone', () => {
    const activity = noteActivity({ VOICE: start }, { channel: 'SMS', occurredAt: now, now });
    expect(activity).toEqual({ VOICE: start, SMS: now });
  });
});

describe('moves through the API', () => {
  it('go anywhere but out of CLOSED', () => {
    expect(isMoveAllowed('ACTIVE', 'CLOSED')).toBe(true);
    expect(isMoveAllowed('INACTIVE', 'ACTIVE')).toBe(true);
    expect(isMoveAllowed('CLOSED', 'CLOSED')).toBe(true);
    expect(isMoveAllowed('CLOSED', 'ACTIVE')).toBe(false);
    expect(isMoveAllowed('CLOSED', 'INACTIVE')).toBe(false);
  });
});
