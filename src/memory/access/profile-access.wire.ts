import Type from 'typebox';
import { StoreIdParameter } from '../stores/index.ts';

export const profileIdPattern = '^mem_profile_[0-7][0-9a-z]{25}$';
export const conversationIdPattern = '^conv_conversation_[0-7][0-9a-z]{25}$';

/** Path parameters of everything below a profile. */
export const profileParameters = {
  storeId: StoreIdParameter,
  profileId: Type.String({ pattern: profileIdPattern }),
};
export const ProfilePath = Type.Object(profileParameters);

export const ConversationId = Type.String({ pattern: conversationIdPattern });

/** The 202 of a data-plane write. */
export const AcceptedMessage = Type.Object({ message: Type.String() });
