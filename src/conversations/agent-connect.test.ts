import Type from 'typebox';
import { expect, it } from 'vitest';
import { type Route, route } from '../http/index.ts';
import { withAgentConnectForms } from './agent-connect.ts';

const answering = (body: unknown): Route =>
  withAgentConnectForms(
    route({
      operation: 'Answer',
      surface: 'conversations',
      method: 'GET',
      path: '/',
      summary: 'answers',
      replies: { 200: Type.Unknown() },
      handle: async () => ({ status: 200, body }),
    }),
  );
const answerOf = async (body: unknown) => (await answering(body).handle({} as never)).body;

it('answers READ as DELIVERED and leaves other delivery statuses alone', async () => {
  const recipients = [{ deliveryStatus: 'READ' }, { deliveryStatus: 'FAILED' }];
  expect(await answerOf({ recipients })).toEqual({
    recipients: [{ deliveryStatus: 'DELIVERED' }, { deliveryStatus: 'FAILED' }],
  });
});

it('leaves VIDEO addresses out, wherever a participant is answered', async () => {
  const sms = { channel: 'SMS', address: '+12025550123', channelId: null };
  const video = { channel: 'VIDEO', address: 'room', channelId: null };
  expect(await answerOf({ participants: [{ addresses: [video, sms] }] })).toEqual({
    participants: [{ addresses: [sms] }],
  });
});

it('keeps the text of a message that reads like a status', async () => {
  expect(await answerOf({ content: { text: 'READ' } })).toEqual({ content: { text: 'READ' } });
});
