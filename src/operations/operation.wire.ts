import Type, { type Static } from 'typebox';
import { accepted, type Reply, Timestamp } from '../http/index.ts';
import { toTimestamp } from '../runtime/clock.ts';
import type { Operation } from './operation.ts';

/** Seconds that a client should wait before it polls. */
const retryAfter = { memory: '1', conversations: '5' } as const;

const Status = Type.Enum(['PENDING', 'RUNNING', 'CANCELLED', 'COMPLETED', 'FAILED']);

export const MemoryOperationAccepted = Type.Object({ message: Type.String(), statusUrl: Type.String() });
export const ConversationsOperationAccepted = Type.Object({
  statusUrl: Type.String(),
  related: Type.Record(Type.String(), Type.String()),
});

export const MemoryOperationStatus = Type.Object({
  operationId: Type.String(),
  status: Status,
  createdAt: Timestamp,
  statusUrl: Type.String(),
  completedAt: Type.Optional(Timestamp),
  result: Type.Optional(Type.Object({ type: Type.Literal('RESOURCE_ID'), id: Type.String() })),
  resultUrl: Type.Optional(Type.String()),
});

export const ConversationsOperationStatus = Type.Object({
  operationId: Type.String(),
  status: Status,
  createdAt: Timestamp,
  statusUrl: Type.String(),
  completedAt: Type.Optional(Timestamp),
  related: Type.Record(Type.String(), Type.String()),
});

function statusUrlOf(operation: Operation, origin: string): string {
  const version = operation.api === 'memory' ? 'v1' : 'v2';
  return `${origin}/${version}/ControlPlane/Operations/${operation.id}`;
}

/** The 202 of a Memory API control-plane write. */
export function memoryOperationAccepted(operation: Operation, origin: string, message: string): Reply {
  const statusUrl = statusUrlOf(operation, origin);
  return accepted({ message, statusUrl }, operationHeaders(operation, statusUrl));
}

/** The 202 of a Conversations API job. */
export function conversationsOperationAccepted(operation: Operation, origin: string): Reply {
  const statusUrl = statusUrlOf(operation, origin);
  return accepted({ statusUrl, related: operation.related }, operationHeaders(operation, statusUrl));
}

function operationHeaders(operation: Operation, statusUrl: string): Record<string, string> {
  return { 'Operation-Id': operation.id, Location: statusUrl, 'Retry-After': retryAfter[operation.api] };
}

export function toMemoryOperationWire(
  operation: Operation,
  origin: string,
): Static<typeof MemoryOperationStatus> {
  return {
    ...commonWire(operation, origin),
    ...(operation.resultId ? { result: { type: 'RESOURCE_ID' as const, id: operation.resultId } } : {}),
    ...(operation.resultPath ? { resultUrl: `${origin}${operation.resultPath}` } : {}),
  };
}

export function toConversationsOperationWire(
  operation: Operation,
  origin: string,
): Static<typeof ConversationsOperationStatus> {
  return { ...commonWire(operation, origin), related: operation.related };
}

function commonWire(operation: Operation, origin: string) {
  return {
    operationId: operation.id,
    status: operation.status,
    createdAt: toTimestamp(operation.createdAt),
    statusUrl: statusUrlOf(operation, origin),
    ...(operation.completedAt === undefined ? {} : { completedAt: toTimestamp(operation.completedAt) }),
  };
}
