import Type from 'typebox';
import { errors } from '../errors/index.ts';
import { type Metrics, ok, type Route, route, Timestamp } from '../http/index.ts';
import type { JobRunner } from '../jobs/index.ts';
import { toTimestamp } from '../runtime/clock.ts';
import type { ClockAdvancer } from './clock.ts';

/** What Rapport's own routes answer from. */
export interface ServiceRoutesOptions {
  readonly metrics: Metrics;
  /** Undefined when ready; otherwise a word on what is not. */
  readonly whyNotReady: () => Promise<string | undefined>;
  /** Undefined in a process that runs no jobs. */
  readonly runner: JobRunner | undefined;
  /** Present with the virtual clock only. */
  readonly advancer: ClockAdvancer | undefined;
  /** The OpenAPI document. */
  readonly openApi: () => Promise<object>;
}

const Status = Type.Object({ status: Type.String() });
/** Longer than any conversation lives. */
const secondsMax = 4 * 366 * 24 * 60 * 60;

/** Routes beside the public APIs: health, metrics, the OpenAPI document, the virtual clock. */
export function serviceRoutes({
  metrics,
  whyNotReady,
  runner,
  advancer,
  openApi,
}: ServiceRoutesOptions): Route[] {
  return [
    route({
      operation: 'FetchHealth',
      surface: 'rapport',
      method: 'GET',
      path: '/healthz',
      summary: 'Whether the process is alive',
      access: 'none',
      replies: { 200: Status },
      handle: async () => ok({ status: 'alive' }),
    }),
    route({
      operation: 'FetchReadiness',
      surface: 'rapport',
      method: 'GET',
      path: '/readyz',
      summary: 'Whether the server can serve: database reachable, migrations done',
      access: 'none',
      replies: { 200: Status, 503: Status },
      handle: async () => {
        const reason = await whyNotReady();
        return reason ? { status: 503, body: { status: reason } } : ok({ status: 'ready' });
      },
    }),
    route({
      operation: 'FetchMetrics',
      surface: 'rapport',
      method: 'GET',
      path: '/metrics',
      summary: 'Metrics in the Prometheus text format',
      access: 'none',
      replies: { 200: Type.String() },
      handle: async () => ok(await metrics.render(), { 'Content-Type': metrics.contentType }),
    }),
    route({
      operation: 'FetchOpenApi',
      surface: 'rapport',
      method: 'GET',
      path: '/openapi.json',
      summary: 'OpenAPI 3.1 document of everything served',
      access: 'none',
      replies: { 200: Type.Object({}, { additionalProperties: true }) },
      handle: async () => ok(await openApi()),
    }),
    route({
      operation: 'AdvanceClock',
      surface: 'rapport',
      method: 'POST',
      path: '/rapport/v1/clock/advance',
      summary: 'Move the virtual clock and run everything that comes due',
      access: 'root',
      body: Type.Object(
        { seconds: Type.Number({ minimum: 0, maximum: secondsMax }) },
        { additionalProperties: false },
      ),
      replies: { 200: Type.Object({ now: Timestamp }) },
      handle: async ({ body }) => {
        if (!advancer)
          throw errors.conflict(
            'The clock is the system clock, or this process runs no jobs; start one that does with RAPPORT_CLOCK=virtual to move it.',
          );
        return ok({ now: toTimestamp(await advancer.advance(Math.round(body.seconds * 1000))) });
      },
    }),
    route({
      operation: 'WaitUntilIdle',
      surface: 'rapport',
      method: 'POST',
      path: '/rapport/v1/idle',
      summary: 'Answers when no job is due or running',
      access: 'root',
      replies: { 200: Status },
      handle: async () => {
        if (!runner) throw errors.conflict('This process runs no jobs; ask one that does.');
        await runner.whenIdle();
        return ok({ status: 'idle' });
      },
    }),
  ];
}
