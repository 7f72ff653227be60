import { describe, expect, it } from 'vitest';
import { completionOf, shortOutcome } from './completion.ts';

describe('an outcome after an agreement', () => {
  it.each([
    ['Court has been booked', 'court 3 on Saturday', 'booked'],
    ['The tickets have been purchased', '2 tickets to Mara Quartet', 'bought'],
    ['Appointment is scheduled', 'an appointment on May 3rd', 'scheduled'],
    ['The agent could not book the court', 'court 3 on Saturday', undefined],
    ['Court is booked, and the total is 24 euros', 'court 3 on Saturday', undefined],
    ['The agent will call them tomorrow', 'court 3 on Saturday', undefined],
  ])('%s', (outcome, agreed, verb) => {
    expect(completionOf(outcome, agreed)).toBe(verb);
  });

  it.each([
    ['Reservation was successful', 'Booked'],
    ['The agent was not able to make that reservation', 'Could not be booked'],
    ['They cannot bring animals', 'They cannot bring animals'],
    ['A refund has been sent', 'A refund has been sent'],
  ])('is short where it says no more: %s', (outcome, short) => {
    expect(shortOutcome(outcome)).toBe(short);
  });
});
