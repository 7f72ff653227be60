/** Whether the same call may succeed a little later. */
const retryable = {
  /** The caller's signal ended the call. */
  cancelled: false,
  /** No answer in the time of one call. */
  timeout: true,
  /** No connection, or one that broke. */
  unreachable: true,
  /** 408, 409, 425, 429: not now. */
  busy: true,
  /** 5xx. */
  failed: true,
  /** Any other status: credentials, model name, request. */
  refused: false,
  /** Not JSON, or not of the schema. */
  malformed: true,
  /** The request is longer than we send. */
  'too-long': false,
  /** The account has had the tokens that it may use in a day. */
  'over-budget': false,
} as const;

export type ModelErrorReason = keyof typeof retryable;

/**
 * Why a model gave no answer. Holds the reason and the HTTP status only: what a provider says about an error, and what it
 * attaches to it, repeats what customers wrote.
 */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly reason: ModelErrorReason;
  readonly status: number | undefined;

  constructor(reason: ModelErrorReason, status?: number) {
    super(status === undefined ? `language model: ${reason}` : `language model: ${reason} (HTTP ${status})`);
    this.reason = reason;
    this.status = status;
  }

  /** Whether the provider may be back in some minutes, and the question deserves to wait for it. */
  get isOutage(): boolean {
    return ['timeout', 'unreachable', 'busy', 'failed'].includes(this.reason);
  }

  get isRetryable(): boolean {
    return retryable[this.reason];
  }
}
