import type { Static, TSchema } from 'typebox';
import type { Surface } from '../errors/index.ts';

/** Who is calling. */
export interface Account {
  readonly id: string;
  /** The account SID with its auth token, rather than an API key. */
  readonly isRoot: boolean;
}

type Parsed<Schema> = Schema extends TSchema ? Static<Schema> : undefined;

/** A request after authentication and validation. */
export interface ApiRequest<Params, Query, Body> {
  readonly account: Account;
  /** Answered as `Twilio-Request-Id` and written on the request's log line. */
  readonly requestId: string;
  readonly params: Parsed<Params>;
  readonly query: Parsed<Query>;
  readonly body: Parsed<Body>;
  /** The unread body of a route with `bodyAs: 'stream'`; empty on all others. */
  readonly bodyStream: AsyncIterable<Uint8Array>;
  /** Header values by lower-case name; a repeated header is joined. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Scheme and authority under which the caller reaches this server, without a slash at the end. */
  readonly origin: string;
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  /** Aborts when the caller hangs up and when the server stops: a body that is a stream ends then. */
  readonly signal: AbortSignal;
  /** Whether the credentials are still good, which an answer that goes on for long must ask again. */
  areCredentialsGood(): Promise<boolean>;
}

export interface Reply {
  readonly status: number;
  /** A `Readable` is sent as it is read. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RouteDefinition<Params, Query, Body> {
  /** `operationId` of the contract; names the route in metrics, logs and the coverage page. */
  readonly operation: string;
  readonly surface: Surface;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `:name` for path parameters. */
  readonly path: string;
  readonly summary: string;
  readonly params?: Params;
  /** Values are coerced from text; unknown parameters are ignored. */
  readonly query?: Query;
  /** Never coerced, defaulted or trimmed. */
  readonly body?: Body;
  /** A missing body counts as `{}`. */
  readonly isBodyOptional?: boolean;
  readonly bodyMaxBytes?: number;
  /**
   * `json` (default); `jsonOrCsv`: `text/csv` too, which reaches `body` as text; `form`: the parameters of a form by name;
   * `stream`: any type, unread and without a limit, as `bodyStream`.
   */
  readonly bodyAs?: 'json' | 'jsonOrCsv' | 'form' | 'stream';
  /** Body schema by success status. */
  readonly replies: Readonly<Record<number, TSchema>>;
  /** Media type of the replies where it is not JSON; the reply's header says it too. */
  readonly replyType?: string;
  /** Left out of the OpenAPI document. */
  readonly isHidden?: boolean;
  /**
   * `account` (default): any credential; `root`: the account SID and auth token; `signed`: any credential, or a signature of
   * the account that the request names (see signed.ts); `none`: open.
   */
  readonly access?: 'account' | 'root' | 'signed' | 'none';
  /** The rate that it counts for (see admission.ts); `requests` by default. */
  readonly countedAs?: 'requests' | 'recalls';
  handle(request: ApiRequest<Params, Query, Body>): Promise<Reply>;
}

/** A route whose parts no longer matter to the compiler. */
export type Route = RouteDefinition<unknown, unknown, unknown>;

/** Declares an endpoint; infers the types of `params`, `query` and `body` from their schemas. */
export function route<
  Params extends TSchema | undefined = undefined,
  Query extends TSchema | undefined = undefined,
  Body extends TSchema | undefined = undefined,
>(definition: RouteDefinition<Params, Query, Body>): Route {
  // The server validates against the same schemas before it calls `handle`, so the erased types hold.
  return definition as unknown as Route;
}

export function ok(body: unknown, headers?: Readonly<Record<string, string>>): Reply {
  return headers ? { status: 200, body, headers } : { status: 200, body };
}

export function created(body: unknown): Reply {
  return { status: 201, body };
}

export function accepted(body: unknown, headers?: Readonly<Record<string, string>>): Reply {
  return headers ? { status: 202, body, headers } : { status: 202, body };
}
