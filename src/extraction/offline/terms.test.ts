import { describe, expect, it } from 'vitest';
import { termsOf } from './terms.ts';

describe('the terms of a text', () => {
  it('are what tells it from others, in one form', () => {
    expect([...termsOf('I would like to book two rooms in Porto please')]).toEqual([
      '2 room',
      'room',
      'porto',
    ]);
    expect([...termsOf('the rooms of the hotel')]).toEqual(['room', 'hotel']);
  });

  it('keep a figure with what it counts or dates', () => {
    expect(termsOf('2 tickets').has('2 night')).toBe(false);
    expect([...termsOf('on the 3rd of June')]).toEqual(['3 june', 'june']);
    expect([...termsOf('on June 3rd for 4 players')]).toEqual(['june', '3 june', '4 player', 'player']);
  });
});
