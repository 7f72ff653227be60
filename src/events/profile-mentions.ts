import type { Tx } from '../storage/index.ts';
import { deleteMentions, listEventBodies, listMentioningPositions, updateEventBody } from './event.store.ts';

/** Events that are read and written together. */
const eventsAtOnce = 100;

/**
 * Takes the ids of erased profiles out of the events that name them, up to `max` events; answers how many it changed. The
 * events stay, as if the participants had never had a profile.
 */
export async function forgetProfilesInEvents(
  tx: Tx,
  accountId: string,
  profileIds: readonly string[],
  max = Number.POSITIVE_INFINITY,
): Promise<number> {
  const forgotten = new Set(profileIds);
  let count = 0;
  while (count < max) {
    const some = Math.min(eventsAtOnce, max - count);
    const positions = await listMentioningPositions(tx, accountId, profileIds, some);
    for (const { position, body_json } of await listEventBodies(tx, accountId, positions)) {
      await updateEventBody(tx, { accountId, position, body: withoutProfiles(body_json, forgotten) });
    }
    await deleteMentions(tx, accountId, { profileIds, positions });
    count += positions.length;
    if (positions.length < some) break;
  }
  return count;
}

/** The JSON text without the members that name one of the profiles. */
function withoutProfiles(json: string, profileIds: ReadonlySet<string>): string {
  return JSON.stringify(
    JSON.parse(json, (name, value: unknown) =>
      name === 'profileId' && typeof value === 'string' && profileIds.has(value) ? undefined : value,
    ),
  );
}
