/** The door of the HTTP room. */
export { createHttpApp, type HttpOptions } from './app.ts';
export type { Authenticate } from './auth.ts';
export { checkIfMatch, etagOf } from './etag.ts';
export type { FormParameters } from './form.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { describeRoutes, version } from './openapi.ts';
export {
  type ListDescription,
  orderParameter,
  type PageQuery,
  pageOf,
  pageParameters,
  toPageBody,
  toPageRequest,
} from './page.ts';
export { type Problem, toProblem } from './problem.ts';
export {
  type Account,
  type ApiRequest,
  accepted,
  created,
  ok,
  type Reply,
  type Route,
  route,
} from './route.ts';
export type { SignedRequest, VerifySignature } from './signed.ts';
export { parseTimestamp, Timestamp, toMs } from './timestamps.ts';
export { errorKeyword } from './validation.ts';
