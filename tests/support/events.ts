import { createSigningTokens } from '../../src/accounts/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import { type ConversationEvent, EventBell, recordEvent } from '../../src/events/index.ts';
import { JobQueue } from '../../src/jobs/index.ts';
import { VirtualClock } from '../../src/runtime/clock.ts';
import type { Context } from '../../src/runtime/context.ts';
import { createIds } from '../../src/runtime/ids.ts';
import { createLogger } from '../../src/runtime/log.ts';
import type { Database, Tx } from '../../src/storage/index.ts';
import { accountId } from './rows.ts';

/** The context of a server on this database, with a clock that the test moves. */
export function contextOn(db: Database): Context & { readonly clock: VirtualClock } {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const ids = createIds(clock);
  return {
    db,
    clock,
    ids,
    jobs: new JobQueue({ db, clock, ids }),
    log: createLogger('silent'),
    limits: loadConfig({}).limits,
    signingTokens: createSigningTokens({ db, clock }, { sid: accountId, authToken: '' }),
    eventBell: new EventBell(db.signals),
    embeddings: undefined,
    isAgentConnectCompatible: false,
  };
}

/** An event of which nothing matters but its conversation, its text and what the test says. */
export function recordText(
  tx: Tx,
  context: Context,
  conversationId: string,
  text: string,
  changes: Partial<ConversationEvent> = {},
): Promise<void> {
  return recordEvent(tx, context, {
    accountId,
    conversationId,
    type: 'COMMUNICATION_CREATED',
    data: { text },
    profileIds: [],
    callbacks: [],
    ...changes,
  });
}
