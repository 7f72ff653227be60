import type { DeliveryStatus } from './communication.store.ts';

/** What a receipt can say; COMPLETED is an old word that only callers of the API use. */
export type ReceiptStatus = Exclude<DeliveryStatus, 'COMPLETED'>;

/** How messaging providers call the stages of a delivery (conversations-semantics section 6). */
const receiptWords: Readonly<Record<string, ReceiptStatus>> = {
  accepted: 'INITIATED',
  queued: 'INITIATED',
  scheduled: 'INITIATED',
  sending: 'IN_PROGRESS',
  sent: 'IN_PROGRESS',
  delivered: 'DELIVERED',
  read: 'READ',
  failed: 'FAILED',
  undelivered: 'FAILED',
  canceled: 'FAILED',
};

/**
 * What is known of a delivery only grows. A message that was reported delivered has arrived, whatever a report that was
 * overtaken says, so a failure ends everything but that. With one order for all of them the result is the same in whichever
 * order reports come.
 */
const ranks: Readonly<Record<DeliveryStatus, number>> = {
  INITIATED: 0,
  IN_PROGRESS: 1,
  FAILED: 2,
  COMPLETED: 3,
  DELIVERED: 3,
  READ: 4,
};

/** The status behind a provider's word, such as `MessageStatus` of a receipt; undefined for words that say nothing of delivery. */
export function toDeliveryStatus(word: string): ReceiptStatus | undefined {
  const name = word.toLowerCase();
  return Object.hasOwn(receiptWords, name) ? receiptWords[name] : undefined;
}

/** The status after a report: the reported one, unless what is known already says as much or more. */
export function advanceStatus(known: DeliveryStatus | undefined, reported: DeliveryStatus): DeliveryStatus {
  return known !== undefined && ranks[known] >= ranks[reported] ? known : reported;
}
