import { type Worker, worker } from '../jobs/index.ts';
import { deliverCallbacks } from './delivery.jobs.ts';
import { type DeliveryContext, type DeliveryOptions, deliverInOrder } from './delivery-run.ts';

export function deliveryWorkers(context: DeliveryContext, options: DeliveryOptions): Worker[] {
  return [
    worker(deliverCallbacks, ({ conversationId, target }, run) =>
      deliverInOrder(context, options, { accountId: run.accountId, conversationId, target }, run),
    ),
  ];
}
