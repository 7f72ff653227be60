import type { FastifyInstance, FastifyRequest } from 'fastify';
import { errors } from '../errors/index.ts';
import { usernameOf } from './auth.ts';
import type { Account, Route } from './route.ts';

/** What one caller may ask of this process; infinity where there is no limit. */
export interface AdmissionLimits {
  /** Requests a second by one API key, or by the account itself, Recall apart. */
  readonly requestsPerSecond: number;
  /** Recalls a second by one credential. */
  readonly recallsPerSecond: number;
  /** Requests of one account that are under way at once; event streams have a limit of their own. */
  readonly accountConcurrency: number;
}

type Limiter = ReturnType<FastifyInstance['createRateLimit']>;

/**
 * Decides whether a request whose account is known is worked on now, before its body is looked at. One that is not gets 429
 * with `Retry-After`, and has cost next to nothing.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #limiters: Readonly<Record<'requests' | 'recalls', Limiter | undefined>>;
  readonly #underWay = new Map<string, number>();

  static async on(app: FastifyInstance, limits: AdmissionLimits): Promise<Admission> {
    if (Number.isFinite(limits.requestsPerSecond) || Number.isFinite(limits.recallsPerSecond)) {
      const { default: fastifyRateLimit } = await import('@fastify/rate-limit');
      await app.register(fastifyRateLimit, { global: false });
    }
    app.decorateRequest('isUnderWay', false);
    const admission = new Admission(app, limits);
    // A request that is given up half-way is never answered, and its connection ends all the same.
    app.addHook('onRequest', (request, reply, done) => {
      reply.raw.once('close', () => admission.leave(request));
      done();
    });
    return admission;
  }

  private constructor(app: FastifyInstance, limits: AdmissionLimits) {
    const limiter = (max: number) =>
      Number.isFinite(max)
        ? app.createRateLimit({
            max,
            timeWindow: 1000,
            keyGenerator: callerOf,
          })
        : undefined;
    this.#limits = limits;
    this.#limiters = {
      requests: limiter(limits.requestsPerSecond),
      recalls: limiter(limits.recallsPerSecond),
    };
  }

  /** Returns when the request may go on; throws `tooManyRequests` otherwise. */
  async admit(request: FastifyRequest, account: Account, { countedAs = 'requests' }: Route): Promise<void> {
    const limiter = this.#limiters[countedAs];
    const rate = limiter && (await limiter(request));
    if (rate && !rate.isAllowed && rate.isExceeded) throw errors.tooFast(rate.max, rate.ttlInSeconds);
    const underWay = this.#underWay.get(account.id) ?? 0;
    if (underWay >= this.#limits.accountConcurrency) throw errors.tooManyUnderWay(underWay);
    this.#underWay.set(account.id, underWay + 1);
    request.isUnderWay = true;
  }

  /** The request is no longer worked on: it was answered, its caller hung up, or what is left of it is a stream. */
  leave(request: FastifyRequest): void {
    const { account, isUnderWay } = request;
    if (!account || !isUnderWay) return;
    request.isUnderWay = false;
    const left = (this.#underWay.get(account.id) ?? 0) - 1;
    if (left > 0) this.#underWay.set(account.id, left);
    else this.#underWay.delete(account.id);
  }
}

/** The credential that is used, or the account whose signature takes its place. */
function callerOf({ headers, account }: FastifyRequest): string {
  return usernameOf(headers.authorization) ?? account?.id ?? '';
}

declare module 'fastify' {
  interface FastifyRequest {
    /** It counts among the requests of its account that are worked on. */
    isUnderWay: boolean;
  }
}
