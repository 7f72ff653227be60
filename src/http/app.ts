import { Readable } from 'node:stream';
import fastifyCompress from '@fastify/compress';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import { ApiError, errors, type Surface } from '../errors/index.ts';
import { describeOutage } from '../storage/index.ts';
import { Admission, type AdmissionLimits } from './admission.ts';
import { type Authenticate, authenticateHeader } from './auth.ts';
import { addBodyParsers, addCsvParser, addStreamParser } from './body.ts';
import { answerClientError } from './client-error.ts';
import { closeConnectionsAtStop } from './connections.ts';
import { normalizeContentEncoding, requestEncodings } from './content-encoding.ts';
import { addFormParser } from './form.ts';
import type { Metrics } from './metrics.ts';
import { originOf } from './origin.ts';
import { isProfileMoved, renderError, renderMoved } from './problem.ts';
import { ReceivedRequest } from './received-request.ts';
import { checkReply } from './reply-check.ts';
import { createRequestId } from './request-id.ts';
import type { Account, Reply, Route } from './route.ts';
import { toSchema } from './route-schema.ts';
import { toSerializer } from './serialization.ts';
import { assertSameAccount, authenticateSigned, type VerifySignature } from './signed.ts';
import { sendStream } from './stream.ts';
import { addUnknownRoutes } from './unknown-routes.ts';
import { compileValidator, toValidationError } from './validation.ts';

export interface HttpOptions {
  readonly routes: readonly Route[];
  readonly authenticate: Authenticate;
  readonly verifySignature: VerifySignature;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly publicUrl: string | undefined;
  /** Body size in bytes, before and after decompression, for routes that set none of their own. */
  readonly bodyMaxBytes: number;
  readonly admission: AdmissionLimits;
  /** A request that has not arrived by then is given up, so that slow or silent senders cannot hold connections for ever. */
  readonly requestTimeoutMs: number;
  /** Also validates what the server answers; tests turn it on. */
  readonly strictReplies: boolean;
}

/** Path parameters are ids and names; longer ones are refused by the router. */
const parameterLengthMax = 512;
const keepAliveMs = 72_000;
/** How often connections are looked at whose request takes too long to arrive, at least. */
const connectionCheckMs = 5000;

/** The HTTP server around the routes: authentication, validation, error bodies, compression, logs and metrics. */
export async function createHttpApp(options: HttpOptions): Promise<FastifyInstance> {
  const { log, metrics } = options;
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: createRequestId,
    // Log lines name their request themselves.
    childLoggerFactory: (logger) => logger,
    bodyLimit: options.bodyMaxBytes,
    keepAliveTimeout: keepAliveMs,
    requestTimeout: options.requestTimeoutMs,
    // Node brings the time for the header into line with that for the whole only when it is told of it here.
    http: {
      requestTimeout: options.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(connectionCheckMs, options.requestTimeoutMs),
    },
    clientErrorHandler: answerClientError,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: parameterLengthMax },
    frameworkErrors: (error, request, reply) => void sendError(options, error, request, reply),
  });

  addBodyParsers(app);
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const part =
      httpPart === 'body' || httpPart === 'querystring' || httpPart === 'headers' ? httpPart : 'params';
    // Compiled at the first request: of hundreds of validators, each of which takes memory, most servers use a few.
    let compiled: ReturnType<typeof compileValidator> | undefined;
    return (value) => {
      compiled ??= compileValidator(schema as object, part);
      return compiled(value) ? { value } : { error: toValidationError(compiled.errors ?? [], part) };
    };
  });
  app.setSerializerCompiler(({ schema }) => toSerializer(schema as object));
  app.setErrorHandler((error, request, reply) => sendError(options, error, request, reply));
  app.decorateRequest('account');
  // Hooks that wait for nothing call back: a promise for each would be felt on every request.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('Twilio-Request-Id', request.id);
    normalizeContentEncoding(request.raw.headers);
    done(
      request.url.includes('%00') ? errors.invalidRequest('The URL holds the character U+0000.') : undefined,
    );
  });
  const stopping = closeConnectionsAtStop(app);
  app.addHook('onResponse', (request, reply, done) => {
    const operation = request.routeOptions.config.operation ?? 'unknown';
    metrics.observeRequest(
      { operation, method: request.method, status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
    log.info(
      {
        requestId: request.id,
        operation,
        method: request.method,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    );
    done();
  });

  await app.register(fastifyCompress, {
    encodings: ['br', 'gzip', 'deflate'],
    requestEncodings: [...requestEncodings],
    threshold: 1024,
    onUnsupportedRequestEncoding: () => errors.unsupportedEncoding(),
  });
  const admission = await Admission.on(app, options.admission);
  for (const route of options.routes) addRouteWithBody(app, route, { ...options, stopping, admission });
  addUnknownRoutes(app, options);
  return app;
}

/** What routes need beside the options: who may come in, and a signal that aborts when the server begins to stop. */
type RouteOptions = Omit<HttpOptions, 'admission'> & {
  readonly admission: Admission;
  readonly stopping: AbortSignal;
};

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling, as soon as that is known. */
    account?: Account;
  }
  interface FastifyContextConfig {
    operation?: string;
    /** Callers may sign their request in place of credentials. */
    isSigned?: boolean;
  }
}

/** Routes that read their body in another way get a scope of their own, since parsers belong to a scope. */
function addRouteWithBody(app: FastifyInstance, route: Route, options: RouteOptions): void {
  if (route.bodyAs === undefined || route.bodyAs === 'json') return void addRoute(app, route, options);
  const addParser = { stream: addStreamParser, jsonOrCsv: addCsvParser, form: addFormParser }[route.bodyAs];
  app.register(async (scope) => {
    addParser(scope);
    addRoute(scope, route, options);
  });
}

function addRoute(app: FastifyInstance, route: Route, options: RouteOptions): void {
  const { operation, method, path, access = 'account' } = route;
  const { stopping, admission } = options;
  const keepKnownQuery = queryFilter(route);
  app.route({
    method,
    url: path,
    config: { operation, isSigned: access === 'signed' },
    schema: toSchema(route),
    ...bodyLimitOf(route),
    onRequest: async (request) => {
      if (access === 'none') return;
      if (access === 'signed' && request.headers.authorization === undefined) return;
      const account = await authenticateHeader(request.headers.authorization, options.authenticate);
      if (access === 'root' && !account.isRoot) {
        throw errors.forbidden('This needs the account SID and its auth token rather than an API key.');
      }
      request.account = account;
      await admission.admit(request, account, route);
    },
    preValidation: async (request) => {
      if (access === 'signed') await settleAccount(request, route, options);
      request.query = keepKnownQuery(request.query as Record<string, unknown>);
      if (request.body === undefined && route.body) {
        const kind = route.bodyAs === 'form' ? 'form' : 'JSON body';
        if (!route.isBodyOptional) throw errors.invalidRequest(`The request needs a ${kind}.`);
        request.body = {};
      }
    },
    handler: async (request, reply) => {
      const answer = await route.handle(new ReceivedRequest(request, reply, options));
      if (answer.body instanceof Readable) {
        admission.leave(request);
        return sendStream(reply.code(answer.status).headers(answer.headers ?? {}), answer.body, stopping);
      }
      if (options.strictReplies) checkReply(route, answer);
      return send(reply, answer);
    },
  });
}

/** Credentials have named the account before the body was read; a signature names it now. */
async function settleAccount(
  request: FastifyRequest,
  route: Route,
  { publicUrl, verifySignature, admission }: RouteOptions,
): Promise<void> {
  if (request.account) return assertSameAccount(request, request.account);
  const url = originOf(request, publicUrl) + request.url;
  const signer = await authenticateSigned(request, url, verifySignature);
  request.account = signer;
  await admission.admit(request, signer, route);
}

function bodyLimitOf({ bodyAs, bodyMaxBytes }: Route): { bodyLimit?: number } {
  if (bodyAs === 'stream') return { bodyLimit: Number.MAX_SAFE_INTEGER };
  return bodyMaxBytes ? { bodyLimit: bodyMaxBytes } : {};
}

/**
 * Parameters that the route does not know play no part. Conversations clients write names in either case
 * (conversations-clients section 7, item 3); one that is written in both is repeated.
 */
function queryFilter({
  query,
  surface,
}: Route): (written: Record<string, unknown>) => Record<string, unknown> {
  const names = Object.keys((query as { properties?: object } | undefined)?.properties ?? {});
  const comparable = (name: string) => (surface === 'conversations' ? name.toLowerCase() : name);
  return (written) => {
    const known: Record<string, unknown> = {};
    const entries = Object.entries(written);
    if (entries.length === 0) return known;
    for (const name of names) {
      const values = entries
        .filter(([other]) => comparable(other) === comparable(name))
        .flatMap(([, value]) => value);
      if (values.length > 0) known[name] = values.length > 1 ? values : values[0];
    }
    return known;
  };
}

function send(reply: FastifyReply, { status, body, headers }: Reply): FastifyReply {
  reply.code(status);
  if (headers) reply.headers(headers);
  if (typeof body === 'string') return reply.send(body);
  return reply.type('application/json; charset=utf-8').send(body);
}

function sendError(
  options: HttpOptions,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { log, publicUrl } = options;
  // The router refuses some URLs before the hook that sets it.
  reply.header('Twilio-Request-Id', request.id);
  if (isProfileMoved(error)) {
    return send(
      reply,
      renderMoved(error, { method: request.method, url: request.url, origin: originOf(request, publicUrl) }),
    );
  }
  const surface = surfaceOf(request.url);
  const known = forSurface(toApiError(error, request.routeOptions.bodyLimit), surface);
  if (known.entry.status >= 500) log.error({ requestId: request.id, err: error }, 'request failed');
  return send(reply, renderError(known, { surface, requestId: request.id }));
}

function surfaceOf(url: string): Surface {
  if (url.startsWith('/v2/')) return 'conversations';
  if (url.startsWith('/v1/ControlPlane/')) return 'memoryControl';
  return url.startsWith('/v1/') ? 'memoryData' : 'rapport';
}

/** The Memory contract lists no 415 for a content type; it answers 400. */
function forSurface(error: ApiError, surface: Surface): ApiError {
  const isMemory = surface === 'memoryControl' || surface === 'memoryData';
  return isMemory && error.kind === 'unsupportedMediaType' ? errors.invalidRequest(error.message) : error;
}

/** Translates what Fastify throws; whatever else is not ours tells the caller nothing. */
function toApiError(error: unknown, bodyMaxBytes: number): ApiError {
  if (error instanceof ApiError) return error;
  const { code, statusCode } = error as Partial<FastifyError>;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return errors.payloadTooLarge(bodyMaxBytes);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return errors.unsupportedMediaType();
    case 'FST_CP_ERR_INVALID_CONTENT':
      return errors.invalidRequest('The body is not valid in its Content-Encoding.');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return errors.invalidRequest(`A part of the path is longer than ${parameterLengthMax} characters.`);
    case 'FST_ERR_BAD_URL':
      return errors.invalidRequest('The path is not valid percent-encoding.');
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return errors.invalidRequest('The request could not be read.');
  if (statusCode === 503) return errors.unavailable('The server is stopping.');
  const outage = describeOutage(error);
  return outage ? errors.unavailable(`${outage} Try again later.`, error) : errors.internal(error);
}
