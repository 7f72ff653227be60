import type { ApiOperation, Difference } from './contract.ts';

/** Where answers knowingly differ from the published contract, and why. */
interface Deviation {
  readonly why: string;
  /** What its requests' paths start with. */
  readonly under: string;
  isMetBy(difference: Difference, operation: ApiOperation): boolean;
}

const deviations: readonly Deviation[] = [
  {
    why: 'A body over the limit; 400 would not tell the caller to send less.',
    under: '/',
    isMetBy: isStatus(413),
  },
  {
    why: 'A Content-Encoding that the server cannot read (memory-semantics section 1).',
    under: '/v1/',
    isMetBy: isStatus(415),
  },
  {
    why: 'An operation that this version does not have.',
    under: '/',
    isMetBy: isStatus(501),
  },
  {
    why: 'Written channels are answered as they came, and more can be written (conversations-semantics section 18).',
    under: '/v2/',
    isMetBy: ({ at, value }) => at.endsWith('/channel') && ['EMAIL', 'API', 'SYSTEM'].includes(String(value)),
  },
];

function isStatus(status: number): Deviation['isMetBy'] {
  return ({ at, value }) => at === 'status' && value === status;
}

export function isKnownDeviation(difference: Difference, operation: ApiOperation): boolean {
  return deviations.some(
    ({ under, isMetBy }) => operation.path.startsWith(under) && isMetBy(difference, operation),
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
