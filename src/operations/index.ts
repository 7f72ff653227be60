/** The door of the operations room: the "202, then poll statusUrl" resource of both control planes. */
export { once, readIdempotency } from './idempotency.ts';
export { operationRoutes } from './operation.routes.ts';
export { beginOperation, completeOperation, type Idempotency, type Operation } from './operation.ts';
export {
  ConversationsOperationAccepted,
  conversationsOperationAccepted,
  MemoryOperationAccepted,
  memoryOperationAccepted,
} from './operation.wire.ts';
export { type OperationWork, operationWorker, rowsPerStep } from './operation.worker.ts';
