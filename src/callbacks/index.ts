/** The door of the callbacks room: events on their way to the status callbacks of conversations. */

export { createCallbackRequest } from './callback-request.ts';
export { countDeliveries, type DeliveryFilter, listDeliveries } from './delivery.store.ts';
export {
  type CallbackEvent,
  type CallbackTarget,
  dropCallbacks,
  enqueueStranded,
  queueCallbacks,
  replayCallbacks,
} from './delivery.ts';
export { deliveryWorkers } from './delivery.worker.ts';
export type { DeliveryOptions } from './delivery-run.ts';
export { type CallbackSender, createSender, type SenderOptions } from './sender.ts';
export { assertTargetsAllowed } from './target.ts';
export { describeUrl, parseTargetUrl } from './target-url.ts';
