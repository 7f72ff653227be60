import type { ProfileMentions } from '../../memory/index.ts';
import { findConversation, toConversationWire } from '../conversations/index.ts';
import { forgetProfiles, listConversationIdsOf } from '../participants/index.ts';
import { listCommunicationsInOrder } from './communication.store.ts';
import { toWire } from './communication.wire.ts';

/** Conversations mention profiles in their participants. What was said stays until the conversation is deleted. */
export const profileMentions: ProfileMentions = {
  forget: forgetProfiles,

  async conversations(reader, accountId, profileIds) {
    const found: unknown[] = [];
    for (const conversationId of await listConversationIdsOf(reader, accountId, profileIds)) {
      const ref = { accountId, conversationId };
      const state = await findConversation(reader, ref);
      if (!state) continue;
      const communications = await listCommunicationsInOrder(reader, ref);
      found.push({ ...toConversationWire(state), communications: communications.map(toWire) });
    }
    return found;
  },
};
