import type twilio from 'twilio';
import type { TwilioConfig } from '../config/index.ts';
import { type NetworkSender, networkFailure, type OutgoingMessage, SendFailure } from './sender.ts';
import { findChatMessage, sendChatMessage } from './twilio-chat.ts';
import { findTextMessage, sendTextMessage } from './twilio-messages.ts';

export type TwilioClient = ReturnType<typeof twilio>;

export interface TwilioSenderOptions extends TwilioConfig {
  /**
   * Where receipts go unless the action says otherwise. They bear the provider's account, so only messages of the account that
   * has the same SID here can have them.
   */
  readonly statusCallback: string | undefined;
  /** For a whole request: over this, nobody knows what became of it. */
  readonly timeoutMs?: number;
}

const answerTimeoutMs = 15_000;
const reasonLengthMax = 200;

/**
 * Sends over the provider's own API, by its SDK, which is loaded here and nowhere else. That API has no idempotency for
 * messages, so an attempt whose end is unknown is looked for and never repeated.
 */
export async function createTwilioSender(options: TwilioSenderOptions): Promise<NetworkSender> {
  const { default: sdk } = await import('twilio');
  const connect = (signal: AbortSignal) => createClient(sdk, options, signal);
  return {
    kind: 'network',
    isRepeatable: false,
    send: (message, { signal }) =>
      translateFailures(message, () =>
        message.channel === 'CHAT'
          ? sendChatMessage(connect(signal), message)
          : sendTextMessage(connect(signal), message, receiptsOf(options, message)),
      ),
    find: (message, { signal, ...search }) =>
      translateFailures(message, () =>
        message.channel === 'CHAT'
          ? findChatMessage(connect(signal), message, search)
          : findTextMessage(connect(signal), message, search),
      ),
  };
}

function receiptsOf(
  { accountSid, statusCallback }: TwilioSenderOptions,
  { accountId }: OutgoingMessage,
): string | undefined {
  return accountId === accountSid ? statusCallback : undefined;
}

/**
 * A client for one request. It opens a connection of its own: one that is kept open may end as the request goes out on it,
 * and then nobody knows whether the request was read.
 */
function createClient(
  sdk: typeof twilio,
  { accountSid, username, password, baseUrl, timeoutMs = answerTimeoutMs }: TwilioSenderOptions,
  signal: AbortSignal,
): TwilioClient {
  const httpClient = new sdk.RequestClient({ timeout: timeoutMs, keepAlive: false });
  httpClient.axios.interceptors.request.use((config) => Object.assign(config, { signal }));
  const client = sdk(username, password, { accountSid, httpClient });
  if (baseUrl !== undefined) {
    client.api.baseUrl = baseUrl;
    client.conversations.baseUrl = baseUrl;
  }
  return client;
}

async function translateFailures<T>(message: OutgoingMessage, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SendFailure) throw error;
    throw toFailure(error, message);
  }
}

/** What the SDK throws for an answer that is no success. */
interface ProviderError {
  readonly status: number;
  readonly code?: number;
  readonly message?: string;
}

/**
 * An answer of 429 or 503 is given before anything is done. Another 5xx leaves open whether the message was made; the
 * provider's page on error 20500 warns of repeating one. Every other answer is a refusal.
 */
function toFailure(error: unknown, message: OutgoingMessage): SendFailure {
  if (!isProviderError(error)) return networkFailure(error);
  const { status, message: reason } = error;
  const outcome = status === 429 || status === 503 ? 'deferred' : status >= 500 ? 'unknown' : 'refused';
  const code = String(error.code ?? `HTTP ${status}`);
  const detail = typeof reason !== 'string' || isQuoting(reason, message) ? '' : `: ${reason}`;
  return new SendFailure(outcome, `${code}${detail}`.slice(0, reasonLengthMax), { code });
}

function isProviderError(error: unknown): error is ProviderError {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status > 0;
}

/** A reason that repeats what the message says is none to be kept. */
function isQuoting(reason: string, { content }: OutgoingMessage): boolean {
  const text = content.text?.trim();
  return text !== undefined && text !== '' && reason.includes(text);
}
