import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, testAccount } from '../../src/testing/index.ts';
import { createConfiguration, createConversation, say } from '../support/conversations.ts';
import { type MessagingProvider, startMessagingProvider } from '../support/messaging-provider.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres-server.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import { ingest, postForm } from '../support/webhooks.ts';

const conversationsCount = 4;
const messagesCount = 10;
const ours = '+12025550100';

describe.skipIf(whyNoPostgres)(
  `two servers on one PostgreSQL${whyNoPostgres ? ` (${whyNoPostgres})` : ''}`,
  () => {
    let postgres: PostgresServer;
    let provider: MessagingProvider;
    let servers: readonly { server: TestServer; client: SdkClient }[];
    beforeAll(async () => {
      postgres = await startPostgres();
      provider = await startMessagingProvider();
      const env = {
        DATABASE_URL: await postgres.createDatabase(),
        RAPPORT_SENDER: 'twilio',
        RAPPORT_TWILIO_ACCOUNT_SID: testAccount.sid,
        RAPPORT_TWILIO_AUTH_TOKEN: testAccount.authToken,
        RAPPORT_TWILIO_BASE_URL: provider.url,
      };
      servers = [await startServerWithSdk({ env }), await startServerWithSdk({ env })];
    });
    afterAll(async () => {
      for (const { server } of servers ?? []) await server.stop();
      await provider?.stop();
      await postgres?.stop();
    });

    it('send each message once, in the order of the actions of its conversation, whatever else happens in it', async () => {
      const [first, second] = servers as [(typeof servers)[0], (typeof servers)[0]];
      const channelSettings = { SMS: { captureRules: [{ from: ours, to: '*' }] } };
      const configurationId = await createConfiguration(first.client, { channelSettings });
      const texts = new Map<string, string[]>();
      const talk = async (at: number) => {
        const customer = `+1202555015${at}`;
        const party = (address: string) => ({ addresses: [{ channel: 'SMS', address }] });
        const { id } = await createConversation(first.client, configurationId, [
          party(ours),
          party(customer),
        ]);
        const sent = Array.from({ length: messagesCount }, (_, count) => `${at}: message ${count}`);
        texts.set(id, sent);
        for (const [count, text] of sent.entries()) {
          const { client, server } = count % 2 === 0 ? first : second;
          const copy = { From: ours, To: customer, Body: text, Direction: 'outbound-api' };
          await client.conversations.v2.actions(id).create({
            type: 'SEND_MESSAGE',
            payload: {
              from: { address: ours, channel: 'SMS' },
              to: [{ address: customer, channel: 'SMS' }],
              content: { text },
            },
          });
          const made = provider.messages.find(({ to }) => to === customer);
          await Promise.all([
            say(client, id, { from: customer, to: ours, text: `answer ${count}` }),
            made && postForm(server, `${ingest}/messages`, { ...copy, MessageSid: made['sid'] ?? '' }),
          ]);
        }
      };
      await Promise.all(Array.from({ length: conversationsCount }, (_, at) => talk(at)));
      for (const { server } of servers) await server.idle();

      for (const [id, sent] of texts) {
        const communications = await first.client.conversations.v2.communications(id).list();
        const byUs = communications.toReversed().filter(({ author }) => author.address === ours);
        // Ids, which lists are ordered by, come from two clocks.
        expect(byUs.map(({ content }) => content.text).toSorted()).toEqual(sent);
        const [{ address = '' } = {}] = byUs[0]?.recipients ?? [];
        expect(provider.messages.filter(({ to }) => to === address).map(({ body }) => body)).toEqual(sent);
      }
      expect(provider.requests).toHaveLength(conversationsCount * messagesCount);
    });
  },
);
