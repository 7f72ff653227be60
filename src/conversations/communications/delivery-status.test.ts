import { describe, expect, it } from 'vitest';
import type { DeliveryStatus } from './communication.store.ts';
import { advanceStatus, toDeliveryStatus } from './delivery-status.ts';

const statuses = ['INITIATED', 'IN_PROGRESS', 'FAILED', 'DELIVERED', 'READ'] as const;

describe('a delivery status after a report', () => {
  // Rows: what is known. Columns: what is reported, in the order of `statuses`.
  it.each([
    [undefined, ['INITIATED', 'IN_PROGRESS', 'FAILED', 'DELIVERED', 'READ']],
    ['INITIATED', ['INITIATED', 'IN_PROGRESS', 'FAILED', 'DELIVERED', 'READ']],
    ['IN_PROGRESS', ['IN_PROGRESS', 'IN_PROGRESS', 'FAILED', 'DELIVERED', 'READ']],
    ['FAILED', ['FAILED', 'FAILED', 'FAILED', 'DELIVERED', 'READ']],
    ['DELIVERED', ['DELIVERED', 'DELIVERED', 'DELIVERED', 'DELIVERED', 'READ']],
    ['READ', ['READ', 'READ', 'READ', 'READ', 'READ']],
    ['COMPLETED', ['COMPLETED', 'COMPLETED', 'COMPLETED', 'COMPLETED', 'READ']],
  ] as const)('that was %s never says less', (known, expected) => {
    expect(statuses.map((reported) => advanceStatus(known, reported))).toEqual(expected);
  });

  it('is the same in whichever order reports come', () => {
    const outcomes = permutations(['sent', 'undelivered', 'queued', 'delivered']).map((words) =>
      words.reduce<DeliveryStatus | undefined>((known, word) => {
        const reported = toDeliveryStatus(word);
        return reported && advanceStatus(known, reported);
      }, undefined),
    );
    expect(outcomes).toHaveLength(24);
    expect(new Set(outcomes)).toEqual(new Set(['DELIVERED']));
  });
});

describe('the word of a receipt', () => {
  it.each([
    ['INITIATED', ['accepted', 'queued', 'scheduled']],
    ['IN_PROGRESS', ['sending', 'sent', 'Sent']],
    ['DELIVERED', ['delivered']],
    ['READ', ['read', 'READ']],
    ['FAILED', ['failed', 'undelivered', 'canceled']],
    [undefined, ['received', 'receiving', 'partially_delivered', '', 'toString', '__proto__']],
  ])('stands for %s', (status, words) => {
    expect(words.map(toDeliveryStatus)).toEqual(words.map(() => status));
  });
});

function permutations<T>(values: readonly T[]): T[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value, at) => permutations(values.toSpliced(at, 1)).map((rest) => [value, ...rest]));
}
