import type { Config } from '../config/index.ts';
import type { Context } from '../runtime/context.ts';
import { createOutbox } from './outbox.ts';
import type { Sender } from './sender.ts';
import { createTwilioSender } from './twilio-sender.ts';
import { createWebhookSender } from './webhook-sender.ts';

/** Where a provider is told to send its receipts. */
const receiptsPath = '/rapport/v1/ingest/statuses';

/** The sender that the settings name. */
export async function createMessageSender(
  context: Pick<Context, 'clock' | 'ids' | 'signingTokens'>,
  { sender, publicUrl }: Pick<Config, 'sender' | 'publicUrl'>,
): Promise<Sender> {
  switch (sender.kind) {
    case 'outbox':
      return createOutbox(context);
    case 'twilio': {
      const statusCallback = publicUrl && `${publicUrl}${receiptsPath}`;
      return createTwilioSender({ ...sender.twilio, statusCallback });
    }
    case 'webhook':
      return createWebhookSender(context, sender);
  }
}
