import Type, { type Static } from 'typebox';
import { accepted, ok, type Problem, type Reply, Timestamp } from '../http/index.ts';
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

const errorMembers = { type: Type.String(), title: Type.String(), detail: Type.String() };

export const MemoryOperationStatus = Type.Object({
  operationId: Type.String(),
  status: Status,
  createdAt: Timestamp,
  statusUrl: Type.String(),
  completedAt: Type.Optional(Timestamp),
  result: Type.Optional(Type.Object({ type: Type.Literal('RESOURCE_ID'), id: Type.String() })),
  resultUrl: Type.Optional(Type.String()),
  error: Type.Optional(Type.Object({ ...errorMembers, code: Type.Integer() })),
});

export const ConversationsOperationStatus = Type.Object({
  operationId: Type.String(),
  status: Status,
  createdAt: Timestamp,
  statusUrl: Type.String(),
  completedAt: Type.Optional(Timestamp),
  error: Type.Optional(
    Type.Object({ ...errorMembers, status: Type.Integer(), instance: Type.String({ format: 'uri' }) }),
  ),
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

/** The answer to a poll of a Memory API operation. */
export function memoryOperationStatus(operation: Operation, origin: string): Reply {
  return ok(toMemoryOperationWire(operation, origin), {
    'Operation-Id': operation.id,
    ...(hasEnded(operation) ? {} : { 'Retry-After': retryAfter.memory }),
  });
}

/** The answer to a poll of a Conversations API job. */
export function conversationsOperationStatus(operation: Operation, origin: string): Reply {
  return ok(
    toConversationsOperationWire(operation, origin),
    hasEnded(operation) ? {} : { 'Retry-After': retryAfter.conversations },
  );
}

function hasEnded({ completedAt }: Operation): boolean {
  return completedAt !== undefined;
}

function toMemoryOperationWire(operation: Operation, origin: string): Static<typeof MemoryOperationStatus> {
  const { status, resultId, resultPath, error } = operation;
  return {
    ...commonWire(operation, origin),
    ...(status === 'COMPLETED' && resultId ? { result: { type: 'RESOURCE_ID' as const, id: resultId } } : {}),
    ...(status === 'COMPLETED' && resultPath ? { resultUrl: `${origin}${resultPath}` } : {}),
    ...(error ? { error: { ...commonError(error), code: error.code } } : {}),
  };
}

function toConversationsOperationWire(
  operation: Operation,
  origin: string,
): Static<typeof ConversationsOperationStatus> {
  const { error, related } = operation;
  const common = commonWire(operation, origin);
  return {
    ...common,
    ...(error ? { error: { ...commonError(error), status: error.status, instance: common.statusUrl } } : {}),
    related,
  };
}

function commonError({ type, title, detail }: Problem) {
  return { type, title, detail };
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
