import { dropCallbacks } from '../../callbacks/index.ts';
import {
  beginOperation,
  type Idempotency,
  type Operation,
  once,
  rowsPerStep,
} from '../../operations/index.ts';
import type { Context } from '../../runtime/context.ts';
import { deleteSome } from '../../storage/index.ts';
import { extractionKey, sendingKey, timerKey } from './conversation.jobs.ts';
import { type ConversationRef, deleteConversationRow, deleteKeys } from './conversation.store.ts';
import { lockConversation } from './conversation-state.ts';
import { eraseConversation } from './deletion.jobs.ts';
import { conversationTables } from './deletion.store.ts';

/** Keys of every job that may wait for a conversation: none of them is to run once it is deleted. */
function jobKeysOf(conversationId: string): string[] {
  return [timerKey(conversationId), extractionKey(conversationId), sendingKey(conversationId)];
}

/**
 * Deletes the conversation for good: from now on it is unknown, its parties may start another, nothing more is sent in it or
 * told of it, and neither its timer nor an extraction runs. A job erases what was in it, and the operation is COMPLETED when
 * nothing is left. What was remembered of it stays with the profiles.
 */
export async function deleteConversation(
  context: Pick<Context, 'db' | 'clock' | 'ids' | 'jobs'>,
  ref: ConversationRef,
  idempotency: Idempotency | undefined,
): Promise<Operation> {
  const { accountId, conversationId } = ref;
  return context.db.transaction((tx) =>
    once(tx, context, { accountId, idempotency }, async () => {
      await lockConversation(tx, context, ref);
      await context.jobs.forget(tx, jobKeysOf(conversationId));
      await dropCallbacks(tx, context, ref, { except: [] });
      await deleteKeys(tx, ref);
      await deleteConversationRow(tx, ref);
      const operation = await beginOperation(tx, context, {
        accountId,
        api: 'conversations',
        kind: 'conversation.delete',
        resultId: conversationId,
        related: { conversationId },
        idempotency,
      });
      const payload = { operationId: operation.id, conversationId };
      await context.jobs.enqueue(tx, eraseConversation, payload, { accountId });
      return operation;
    }),
  );
}

/**
 * Erases some of what a deleted conversation held, in a transaction of its own. False once nothing is left, also in the
 * database's files. Nobody adds to it meanwhile, since all who write to a conversation hold and find it first.
 */
export async function eraseSomeOfConversation(
  { db }: Pick<Context, 'db'>,
  { accountId, conversationId }: ConversationRef,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    await db.lock(tx, `erasure:${conversationId}`);
    const owner = { accountId, ids: [conversationId] };
    const hasMore = (await deleteSome(tx, conversationTables, owner, rowsPerStep)) <= 0;
    if (!hasMore) db.scrub(tx);
    return hasMore;
  });
}
