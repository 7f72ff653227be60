import { toMs } from '../../http/index.ts';
import type { Context } from '../../runtime/context.ts';
import { encodeJson } from '../../storage/index.ts';
import { openForWrite, type ProfileRef } from '../access/index.ts';
import { insertEvents } from './event.store.ts';
import type { ProfileEventRequest } from './event.wire.ts';

/**
 * Keeps events with the profile, all or nothing (memory-semantics section 20). The API has no way to read them; they are in the
 * profile's export and go with the profile.
 */
export async function createEvents(
  context: Pick<Context, 'db' | 'clock' | 'ids'>,
  ref: ProfileRef,
  { type, events }: ProfileEventRequest,
): Promise<void> {
  const { db, clock, ids } = context;
  await db.transaction(async (tx) => {
    const profile = await openForWrite(tx, context, ref);
    const now = clock.now();
    const rows = events.map((event) => ({
      account_id: profile.account_id,
      store_id: profile.store_id,
      profile_id: profile.id,
      id: ids.next('event'),
      type,
      event_json: encodeJson(event),
      occurred_at: toMs('timestamp', event.timestamp),
      created_at: now,
    }));
    await insertEvents(tx, rows);
  });
}
