/** Communications as capture and actions see them. The endpoints are in the room's own door. */
export {
  type Communication,
  type Content,
  type DeliveryStatus,
  findCommunication,
  listPlacesOfResource,
  type Party,
  type Recipient,
  type ResourcePlace,
  resourceLock,
} from './communication.store.ts';
export { appendCommunication, putCommunication, type Utterance } from './communication.ts';
export { advanceDelivery, type DeliveryNews } from './delivery.ts';
export { advanceStatus, type ReceiptStatus, toDeliveryStatus } from './delivery-status.ts';
export { seatParties } from './parties.ts';
