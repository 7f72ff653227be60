import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Authenticate, findAccount } from './auth.ts';
import { originOf } from './origin.ts';
import type { Account, ApiRequest } from './route.ts';
import { endOfReply } from './stream.ts';

/** What all requests of a server have in common. */
export interface Surroundings {
  readonly publicUrl: string | undefined;
  /** Aborts when the server begins to stop. */
  readonly stopping: AbortSignal;
  readonly authenticate: Authenticate;
}

const nobody: Account = { id: '', isRoot: false };

/** A request as its route sees it. What few routes ask for is made when they do. */
export class ReceivedRequest implements ApiRequest<unknown, unknown, unknown> {
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #surroundings: Surroundings;

  constructor(request: FastifyRequest, reply: FastifyReply, surroundings: Surroundings) {
    this.#request = request;
    this.#reply = reply;
    this.#surroundings = surroundings;
  }

  get account(): Account {
    return this.#request.account ?? nobody;
  }

  get requestId(): string {
    return this.#request.id;
  }

  // `route` erased the types of these three; the validator has checked the values against the same schemas.
  get params() {
    return this.#request.params as undefined;
  }

  get query() {
    return this.#request.query as undefined;
  }

  get body() {
    return this.#request.body as undefined;
  }

  get bodyStream(): AsyncIterable<Uint8Array> {
    return this.#request.body instanceof Readable ? this.#request.body : Readable.from([]);
  }

  get headers(): Readonly<Record<string, string | undefined>> {
    const joined = Object.entries(this.#request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]);
    return Object.fromEntries(joined);
  }

  get origin(): string {
    return originOf(this.#request, this.#surroundings.publicUrl);
  }

  get method(): string {
    return this.#request.method;
  }

  get url(): string {
    return this.#request.url;
  }

  get signal(): AbortSignal {
    return endOfReply(this.#reply, this.#surroundings.stopping);
  }

  async areCredentialsGood(): Promise<boolean> {
    const { authenticate } = this.#surroundings;
    return (await findAccount(this.#request.headers.authorization, authenticate)) !== undefined;
  }
}
