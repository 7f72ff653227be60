import { type CatalogueEntry, catalogue, type ErrorName } from './catalogue.ts';

/** A member at fault: RFC 6901 pointer into the body (or `/name` of a parameter) and what to change. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export interface ApiErrorOptions {
  readonly cause?: unknown;
  readonly fields?: readonly FieldError[];
  /** Extra response headers, such as `X-Conflicting-Resource-Id` or `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error with an entry in the catalogue. Its message is meant for the caller: it says what to change. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly kind: ErrorName;
  readonly entry: CatalogueEntry;
  readonly fields: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(kind: ErrorName, message: string, options: ApiErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.entry = catalogue[kind];
    this.fields = options.fields ?? [];
    this.headers = options.headers ?? {};
  }

  /** Whether trying the same again later can help: the job runner asks this. */
  get isRetryable(): boolean {
    return this.entry.status >= 500;
  }
}

/**
 * The profile named in a path was merged into another (memory-semantics section 6). Rendered as 308 on writes and 301 on
 * reads, with `Location`, `Canonical-Profile-Id` and a body of `message` and `uri`.
 */
export class ProfileMoved extends Error {
  override readonly name = 'ProfileMoved';
  readonly fromProfileId: string;
  readonly canonicalProfileId: string;

  constructor(fromProfileId: string, canonicalProfileId: string) {
    super('This resource has moved.');
    this.fromProfileId = fromProfileId;
    this.canonicalProfileId = canonicalProfileId;
  }
}
