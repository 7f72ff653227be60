import type { Tx } from '../storage/index.ts';

/** Channels that a message can be sent on (conversations-v2.yaml, SendChannel). */
export const sendChannels = ['SMS', 'RCS', 'WHATSAPP', 'CHAT'] as const;
export type SendChannel = (typeof sendChannels)[number];

/** What a message says; it has a text, a template or media. */
export interface MessageContent {
  readonly text?: string;
  /** Template (`HX...`), with what is put in for its variables. */
  readonly contentId?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly mediaUrls?: readonly string[];
}

/** A message on its way out. */
export interface OutgoingMessage {
  readonly accountId: string;
  readonly conversationId: string;
  readonly actionId: string;
  readonly channel: SendChannel;
  /** Addresses as providers take them: telephone numbers in E.164, with `whatsapp:` or `rcs:` in front on those channels. */
  readonly from: string;
  /** One, but in chat, where a message reaches everybody in the channel. */
  readonly to: readonly string[];
  readonly content: MessageContent;
  /** As the caller of the action wrote them. */
  readonly channelSettings: Readonly<Record<string, unknown>>;
  /** Milliseconds; when the action was created. */
  readonly createdAt: number;
}

/** What is known of a message once it is out. */
export interface SentMessage {
  readonly messageSid: string;
  /** How far it has come, in the words of message receipts: `queued`, `sent`, `delivered` ... */
  readonly status: string;
}

export interface SendOptions {
  /** The same on every attempt at one message, and different for every other. */
  readonly idempotencyToken: string;
  /** Of the API request that asked for the message. */
  readonly requestId: string | undefined;
  readonly signal: AbortSignal;
}

/** A sender that asks somebody else, over the network, to send. */
export interface NetworkSender {
  readonly kind: 'network';
  /**
   * Whether a message may be handed over again when nobody knows what became of the last attempt. A sender without that
   * has `find`.
   */
  readonly isRepeatable: boolean;
  /** Throws `SendFailure`. */
  send(message: OutgoingMessage, options: SendOptions): Promise<SentMessage>;
  /**
   * The message that an attempt since `sinceMs` has made, as far as the provider shows it; of several the oldest. `isTaken`
   * tells which SIDs belong to other messages of ours. Undefined proves nothing: the provider may be late.
   */
  find?(message: OutgoingMessage, options: FindOptions): Promise<SentMessage | undefined>;
  /** Ends what it keeps open. */
  close?(): void;
}

export interface FindOptions {
  readonly sinceMs: number;
  readonly isTaken: (messageSids: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly signal: AbortSignal;
}

/** A sender that only writes to our own database: the message is out when the transaction that says so commits. */
export interface LocalSender {
  readonly kind: 'local';
  store(tx: Tx, message: OutgoingMessage): Promise<SentMessage>;
}

/** Where messages go: one for the whole server, chosen by `RAPPORT_SENDER`. */
export type Sender = NetworkSender | LocalSender;

/**
 * What became of an attempt that did not end well:
 * - `refused`: nothing was sent, and nothing will be
 * - `deferred`: nothing was sent; later it may work
 * - `unknown`: it may have been sent, or not
 */
export type SendOutcome = 'refused' | 'deferred' | 'unknown';

/** Its message is for the caller of the action: the provider's code and a short reason, never what the message said. */
export class SendFailure extends Error {
  override readonly name = 'SendFailure';
  readonly outcome: SendOutcome;
  /** For the log, which may not have the reason: that can name the recipient. */
  readonly code: string;

  constructor(
    outcome: SendOutcome,
    reason: string,
    { code = reason, cause }: { code?: string; cause?: unknown } = {},
  ) {
    super(reason, { cause });
    this.outcome = outcome;
    this.code = code;
  }
}

/** Errors that come before a request is written: names that do not resolve, and hosts that do not answer the connection. */
const beforeRequest = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What an error of the network leaves open: nothing when no byte of the request went out, else everything. */
export function networkFailure(error: unknown): SendFailure {
  const { code, syscall } = systemError(error);
  return failureOfCode(code, { isConnecting: syscall === 'connect', cause: error });
}

/** The same by the code of the error, which may be any short text that says what happened. */
export function failureOfCode(
  code: string,
  { isConnecting = false, cause }: { isConnecting?: boolean; cause?: unknown } = {},
): SendFailure {
  const detail = code === '' ? '' : ` (${code})`;
  return isConnecting || beforeRequest.has(code) || /CERT/.test(code)
    ? new SendFailure('deferred', `the sender could not be reached${detail}`, { code, cause })
    : new SendFailure('unknown', `the sender gave no answer that can be read${detail}`, { code, cause });
}

/** Code and system call of the innermost error that has a code; clients wrap what the system said. */
function systemError(error: unknown): { code: string; syscall: string } {
  if (!(error instanceof Error)) return { code: '', syscall: '' };
  const inner = systemError(error.cause);
  if (inner.code !== '') return inner;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return { code: code ?? '', syscall: syscall ?? '' };
}
