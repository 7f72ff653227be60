/** What every data-plane request begins with: its store is active, its profile exists, merges are followed. */
export {
  findCanonicalProfile,
  openForRead,
  openForWrite,
  openLiveProfile,
  type ProfileRef,
  profileLock,
} from './profile-access.ts';
export {
  AcceptedMessage,
  ConversationId,
  ProfilePath,
  profileIdPattern,
  profileParameters,
} from './profile-access.wire.ts';
