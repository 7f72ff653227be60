import type { ApiOperation, Difference } from './contract.ts';

/** Where answers knowingly differ from the published contract, and why. */
interface Deviation {
  readonly why: string;
  /** What the paths of its operations start with; any when left out. */
  readonly under?: string;
  isMetBy(difference: Difference, operation: ApiOperation): boolean;
}

const deviations: readonly Deviation[] = [
  {
    why: 'A body over the limit; 400 would not tell the caller to send less.',
    isMetBy: isStatus(413),
  },
  {
    why: 'A body that the server cannot read, by its type or encoding, where none or only JSON is expected.',
    isMetBy: isStatus(415),
  },
  {
    why: 'A method that a path of its own does not have, such as GET /Profiles/Lookup, which reads like a profile with that id.',
    under: '/v1/',
    isMetBy: isStatus(405),
  },
  {
    why: 'Written channels are answered as they came, and more can be written (conversations-semantics section 18).',
    under: '/v2/',
    isMetBy: ({ at, value }) => at.endsWith('/channel') && ['EMAIL', 'API', 'SYSTEM'].includes(String(value)),
  },
  {
    why: 'All methods that a callback was ever allowed can be written, and are answered (conversations-semantics section 18).',
    under: '/v2/',
    isMetBy: ({ at, value }) =>
      /\/statusCallbacks\/\d+\/method$/.test(at) && ['PUT', 'DELETE', 'PATCH'].includes(String(value)),
  },
  {
    why: 'An Idempotency-Key that is no UUID (conversations-semantics section 13), or a NUL in the URL.',
    under: '/v2/',
    isMetBy: isStatus(400, ['FetchConfiguration', 'DeleteConfiguration']),
  },
];

function isStatus(status: number, operations?: readonly string[]): Deviation['isMetBy'] {
  return ({ at, value }, { operationId }) =>
    at === 'status' && value === status && (operations?.includes(operationId) ?? true);
}

export function isKnownDeviation(difference: Difference, operation: ApiOperation): boolean {
  return deviations.some(
    ({ under = '/', isMetBy }) => operation.path.startsWith(under) && isMetBy(difference, operation),
  );
}

/** Headers that the contract has on a status but that not every answer with it carries; by the statuses that always do. */
const conditionalHeaders: Readonly<Record<string, readonly number[]>> = {
  // On a success only when the profile in the path was merged into another.
  'Canonical-Profile-Id': [301, 308],
  // Only when the body is compressed.
  'Content-Encoding': [],
  // On an operation only until it has ended; on errors only where waiting helps.
  'Retry-After': [202],
  // Only when a resource, rather than a state, is in the way.
  'X-Conflicting-Resource-Id': [],
};

export function isHeaderNeeded(name: string, status: number): boolean {
  return conditionalHeaders[name]?.includes(status) ?? true;
}
