import { forgetProfilesInEvents } from '../../events/index.ts';
import type { ProfileMentions } from '../../memory/index.ts';
import type { Context } from '../../runtime/context.ts';
import { conversationLock, findConversation, renewKeys, toConversationWire } from '../conversations/index.ts';
import { forgetProfiles, listConversationIdsOf, listLiveConversationIdsOf } from '../participants/index.ts';
import { listCommunicationsInOrder } from './communication.store.ts';
import { toWire } from './communication.wire.ts';

/**
 * Conversations mention profiles in their participants and in their events. What was said stays until the conversation is
 * deleted.
 */
export function profileMentions({ db }: Pick<Context, 'db'>): ProfileMentions {
  return {
    async forget(tx, accountId, profileIds, max = Number.POSITIVE_INFINITY) {
      // Whoever writes to one of these now has read its participants, and would tell of the profile afterwards.
      const live = await listLiveConversationIdsOf(tx, accountId, profileIds);
      await db.lock(tx, ...live.map((conversationId) => conversationLock({ accountId, conversationId })));
      const participants = await forgetProfiles(tx, accountId, profileIds, max);
      for (const conversationId of live) await renewKeys(tx, { db }, { accountId, conversationId });
      if (participants >= max) return participants;
      return participants + (await forgetProfilesInEvents(tx, accountId, profileIds, max - participants));
    },

    conversations: describeConversations,
  };
}

const describeConversations: ProfileMentions['conversations'] = async (reader, accountId, profileIds) => {
  const found: unknown[] = [];
  for (const conversationId of await listConversationIdsOf(reader, accountId, profileIds)) {
    const ref = { accountId, conversationId };
    const state = await findConversation(reader, ref);
    if (!state) continue;
    const communications = await listCommunicationsInOrder(reader, ref);
    found.push({ ...toConversationWire(state), communications: communications.map(toWire) });
  }
  return found;
};
