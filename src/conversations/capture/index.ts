/** Capture: messages that nobody posted to a conversation, but that belong in one. */
export { type CapturedIn, captureMessage } from './capture.ts';
export { type CaptureBooks, createCaptureBooks } from './capture-book.ts';
export { type CallType, type CaptureChannel, callTypes, toCallTypeName } from './capture-rule.ts';
export type { CapturedMessage, CapturedParty } from './captured-message.ts';
export {
  addOwnedAddresses,
  type ConfiguredAddresses,
  listOwnedAddresses,
  type OwnedAddress,
  ownedAddressLengthMax,
  removeOwnedAddress,
  toConfiguredAddresses,
} from './owned-address.ts';
export type { CaptureContext } from './target.ts';
