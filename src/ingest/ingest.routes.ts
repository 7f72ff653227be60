import Type from 'typebox';
import type { CaptureConfig } from '../config/index.ts';
import {
  type CaptureContext,
  captureMessage,
  createCaptureBooks,
  receiveReceipt,
  toConfiguredAddresses,
} from '../conversations/index.ts';
import { ok, type Reply, type Route, route } from '../http/index.ts';
import type { Context } from '../runtime/context.ts';
import { toChatMessage, toChatReply } from './chat.ts';
import { ChatMessage, ChatReply } from './chat.wire.ts';
import { toMessage, toReceipt } from './message.ts';
import { emptyMarkup, MessageForm, markupType, StatusForm } from './message.wire.ts';
import { toTranscription } from './transcription.ts';
import { TranscriptionForm, TranscriptionQuery } from './transcription.wire.ts';

export interface IngestOptions extends CaptureConfig {
  readonly rootAccountId: string;
}

/** What every webhook that posts a form has in common. */
const webhook = {
  surface: 'rapport',
  method: 'POST',
  access: 'signed',
  bodyAs: 'form',
  replies: { 200: Type.String() },
  replyType: 'text/xml',
} as const;

const chat = '/rapport/v1/ingest/chat';

/**
 * The other end of the webhooks of messaging providers. What is well-formed and authentic is answered with 200 whether or not
 * anything captures it, since a provider would only send it again.
 */
export function ingestRoutes(context: Context, options: IngestOptions): Route[] {
  const captureContext: CaptureContext = {
    ...context,
    captureBooks: createCaptureBooks(),
    configuredAddresses: toConfiguredAddresses(options.rootAccountId, options.ownedAddresses),
  };
  return [
    route({
      ...webhook,
      operation: 'IngestMessage',
      path: '/rapport/v1/ingest/messages',
      summary: 'Webhook of a number or sender: an incoming message, or a copy of one that was sent',
      body: MessageForm,
      handle: async ({ account, requestId, body }) => {
        const message = toMessage(body, options);
        if (message) await captureMessage({ ...captureContext, requestId }, account.id, message);
        return answered();
      },
    }),
    route({
      ...webhook,
      operation: 'IngestStatus',
      path: '/rapport/v1/ingest/statuses',
      summary: 'Webhook for delivery receipts',
      body: StatusForm,
      handle: async ({ account, requestId, body }) => {
        const receipt = toReceipt(body);
        if (receipt) await receiveReceipt({ ...context, requestId }, { accountId: account.id, ...receipt });
        return answered();
      },
    }),
    route({
      ...webhook,
      operation: 'IngestTranscription',
      path: '/rapport/v1/ingest/transcriptions',
      summary: 'Callback of a real-time transcription',
      query: TranscriptionQuery,
      body: TranscriptionForm,
      handle: async ({ account, requestId, query, body }) => {
        const message = toTranscription(body, query);
        if (message) await captureMessage({ ...captureContext, requestId }, account.id, message);
        return answered();
      },
    }),
    route({
      operation: 'IngestChatMessage',
      surface: 'rapport',
      method: 'POST',
      path: chat,
      summary: 'A chat message',
      access: 'signed',
      body: ChatMessage,
      replies: { 200: ChatReply },
      handle: async ({ account, requestId, body }) => {
        const message = toChatMessage(body);
        const captured = message
          ? await captureMessage({ ...captureContext, requestId }, account.id, message)
          : [];
        return ok(toChatReply(captured));
      },
    }),
  ];
}

function answered(): Reply {
  return ok(emptyMarkup, { 'Content-Type': markupType });
}
