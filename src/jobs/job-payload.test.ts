import Type from 'typebox';
import { expect, it } from 'vitest';
import { payloadReader } from './job-payload.ts';

const read = payloadReader(Type.Object({ profileId: Type.String(), version: Type.Optional(Type.Integer()) }));

it('reads a payload as it was written', () => {
  expect(read({ profileId: 'p', version: 2 })).toEqual({ profileId: 'p', version: 2 });
});

it('refuses a payload that the job does not declare, without repeating what it holds', () => {
  expect(() => read({ profileId: ['secret'] })).toThrow('data/profileId must be string');
  expect(() => read({ profileId: ['secret'] })).not.toThrow('secret');
  expect(() => read({})).toThrow("must have required property 'profileId'");
});
