import { ApiError, type FieldError } from './error.ts';

/** One constructor for each thing that goes wrong, so that rules read `throw errors.storeNotFound(storeId)`. */
export const errors = {
  /** A member or parameter that cannot be accepted. `name` is its path in dots, as callers write it. */
  invalid: (name: string, reason: string) =>
    new ApiError('invalidRequest', `${name}: ${reason}`, {
      fields: [{ pointer: `/${name.replaceAll('.', '/')}`, detail: reason }],
    }),
  invalidRequest: (message: string, fields: readonly FieldError[] = [], cause?: unknown) =>
    new ApiError('invalidRequest', message, { fields, cause }),
  unauthorized: () =>
    new ApiError('unauthorized', 'Authentication failed: the credentials are missing or wrong.', {
      headers: { 'WWW-Authenticate': 'Basic realm="Rapport", charset="UTF-8"' },
    }),
  forbidden: (message: string) => new ApiError('forbidden', message),
  badSignature: () =>
    new ApiError(
      'forbidden',
      'X-Twilio-Signature is missing or is not that of the account in AccountSid for this URL and body.',
    ),
  notFound: (resource: string, id: string) => new ApiError('notFound', `${resource} ${id} does not exist.`),
  routeNotFound: (method: string, path: string) =>
    new ApiError('notFound', `There is no resource at ${method} ${path}.`),
  methodNotAllowed: (method: string, allowed: readonly string[]) =>
    new ApiError('methodNotAllowed', `${method} is not possible here; use ${allowed.join(', ')}.`, {
      headers: { Allow: allowed.join(', ') },
    }),
  conflict: (message: string, conflictingResourceId?: string) =>
    new ApiError('conflict', message, {
      headers: conflictingResourceId ? { 'X-Conflicting-Resource-Id': conflictingResourceId } : {},
    }),
  payloadTooLarge: (maxBytes: number) =>
    new ApiError('payloadTooLarge', `The body is larger than ${maxBytes} bytes.`),
  unsupportedMediaType: (mediaType = 'application/json') =>
    new ApiError('unsupportedMediaType', `Send the body as ${mediaType}.`),
  unsupportedEncoding: () =>
    new ApiError('unsupportedEncoding', 'Send the body as it is, or compressed with gzip, deflate or br.'),
  headersTooLarge: () => new ApiError('headersTooLarge', 'The header of the request is too large.'),
  tooManyConfigurations: (max: number) =>
    new ApiError('invalidRequest', `The account has ${max} configurations already; delete one first.`),
  tooManyStreams: (max: number) =>
    new ApiError('tooManyRequests', `The account has ${max} event streams open already; close one first.`, {
      headers: { 'Retry-After': '5' },
    }),
  tooFast: (max: number, retryAfterSeconds: number) =>
    new ApiError(
      'tooManyRequests',
      `No more than ${max} such requests a second are served to one credential.`,
      {
        headers: { 'Retry-After': String(retryAfterSeconds) },
      },
    ),
  tooManyUnderWay: (max: number) =>
    new ApiError('tooManyRequests', `The account has ${max} requests under way already.`, {
      headers: { 'Retry-After': '1' },
    }),
  requestTimeout: () => new ApiError('requestTimeout', 'The request did not arrive in time.'),
  internal: (cause?: unknown) =>
    new ApiError('internal', 'The server failed. The log has the details under this request id.', { cause }),
  erasureGivenUp: (what: string) =>
    new ApiError(
      'internal',
      `${what} is deleted, but the server failed to erase all that it held; whoever runs it can have that tried again.`,
    ),
  unavailable: (message: string, cause?: unknown) =>
    new ApiError('unavailable', message, { cause, headers: { 'Retry-After': '1' } }),

  storeNotFound: (storeId: string) =>
    new ApiError('storeNotFound', `Memory store ${storeId} does not exist.`),
  storeNotActive: (storeId: string) =>
    new ApiError('storeNotActive', `Memory store ${storeId} is not active yet.`, {
      headers: { 'Retry-After': '1' },
    }),
  storeFailed: (storeId: string) =>
    new ApiError(
      'storeFailed',
      `Memory store ${storeId} could not be made: delete it and create another one.`,
    ),
  preconditionFailed: () => new ApiError('preconditionFailed', 'If-Match does not match the current ETag.'),
  tooManyStores: (max: number) =>
    new ApiError('tooManyStores', `The account has ${max} memory stores already; delete one first.`),
  storeNameInUse: (displayName: string) =>
    new ApiError('storeNameInUse', `displayName: ${displayName} is in use.`),
  dataMappingNotFound: (dataMappingId: string) =>
    new ApiError('dataMappingNotFound', `Data mapping ${dataMappingId} does not exist.`),
  dataMappingNameInUse: (displayName: string) =>
    new ApiError('dataMappingNameInUse', `displayName: ${displayName} is in use.`),
  traitGroupNotFound: (name: string) =>
    new ApiError('traitGroupNotFound', `Trait group ${name} does not exist.`),
  protectedTrait: (name: string) =>
    new ApiError('protectedTrait', `${name} is protected: it cannot be removed or changed.`),
  tooManyTraitGroups: (max: number) =>
    new ApiError('tooManyTraitGroups', `The memory store has ${max} trait groups already; delete one first.`),
  tooManyTraits: (max: number) =>
    new ApiError('tooManyTraits', `traits: a trait group holds at most ${max} traits.`),
  traitGroupNameInUse: (name: string) =>
    new ApiError('traitGroupNameInUse', `displayName: ${name} is in use.`),
  noDataMapping: (datasetId: string) =>
    new ApiError('notFound', `No enabled data mapping of this store takes rows of ${datasetId}.`),
  malformedStoreId: (storeId: string) =>
    new ApiError('malformedStoreId', `storeId: ${storeId} is not a memory store ID.`),
  malformedOperationId: (operationId: string) =>
    new ApiError('malformedOperationId', `operationId: ${operationId} is not an operation ID.`),
} as const;
