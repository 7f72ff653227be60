import {
  type CallbackSender,
  createCallbackRequest,
  createSender,
  parseTargetUrl,
} from '../callbacks/index.ts';
import { version } from '../http/index.ts';
import { toTimestamp } from '../runtime/clock.ts';
import type { Context } from '../runtime/context.ts';
import {
  failureOfCode,
  type NetworkSender,
  type OutgoingMessage,
  SendFailure,
  type SendOptions,
  type SentMessage,
} from './sender.ts';

export interface WebhookSenderOptions {
  readonly url: string;
  /** From the look-up of the name to the last byte of the answer. */
  readonly timeoutMs?: number;
}

const answerTimeoutMs = 15_000;
/** As for the resource ids of communications. */
const messageSidLengthMax = 512;

/**
 * Posts each message to a URL of the operator's own, signed as status callbacks are, with the token of the account that sends.
 * The receiver sends it on, and answers 2xx once it has taken it over. It gets a message again, under the same idempotency
 * token, when nobody knows what came of an attempt.
 */
export function createWebhookSender(
  { signingTokens }: Pick<Context, 'signingTokens'>,
  { url, timeoutMs = answerTimeoutMs }: WebhookSenderOptions,
): NetworkSender {
  // The URL comes from the settings of the server, so it may well be on a private network.
  const http = createSender({ timeoutMs, arePrivateAllowed: true });
  return {
    kind: 'network',
    isRepeatable: true,
    async send(message, options) {
      const token = await signingTokens.ensure(message.accountId);
      return post(http, toRequest(url, token, message, options), options);
    },
    close: () => http[Symbol.dispose](),
  };
}

function toRequest(
  url: string,
  token: string,
  message: OutgoingMessage,
  { idempotencyToken, requestId = idempotencyToken }: SendOptions,
) {
  const target = parseTargetUrl(url);
  if (!target) throw new SendFailure('refused', 'RAPPORT_SENDER_URL cannot be used');
  const body = JSON.stringify(toBody(message, idempotencyToken));
  const signing = { token, userAgent: `Rapport/${version}` };
  return createCallbackRequest(target, 'POST', { body, idempotencyToken, requestId }, signing);
}

function toBody({ createdAt, ...message }: OutgoingMessage, id: string): object {
  return { id, ...message, createdAt: toTimestamp(createdAt) };
}

async function post(
  http: CallbackSender,
  request: ReturnType<typeof createCallbackRequest>,
  { signal, idempotencyToken }: SendOptions,
): Promise<SentMessage> {
  const result = await http.send(request, signal).catch((error: unknown) => {
    throw new SendFailure('unknown', 'the server stopped while it was being sent', { cause: error });
  });
  if (!('status' in result)) throw failureOfCode(result.failure);
  const { status, body } = result;
  if (status >= 200 && status < 300)
    return { messageSid: readMessageSid(body) ?? idempotencyToken, status: 'queued' };
  const isTemporary = status === 429 || status === 503;
  const outcome = isTemporary ? 'deferred' : status >= 500 ? 'unknown' : 'refused';
  throw new SendFailure(outcome, `HTTP ${status}`);
}

/** The receiver's own name for the message, if it answers with one. */
function readMessageSid(body: string): string | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof answer !== 'object' || answer === null || !('messageSid' in answer)) return undefined;
  const { messageSid } = answer;
  const isUsable =
    typeof messageSid === 'string' &&
    messageSid !== '' &&
    messageSid.length <= messageSidLengthMax &&
    !messageSid.includes('\0');
  return isUsable ? messageSid : undefined;
}
