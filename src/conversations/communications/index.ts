/** Communications as capture and actions see them. The endpoints are in the room's own door. */
export {
  type Communication,
  type Content,
  type DeliveryStatus,
  listPlacesOfResource,
  type Party,
  type Recipient,
  type ResourcePlace,
} from './communication.store.ts';
export { appendCommunication, type Utterance } from './communication.ts';
export { advanceStatus, toDeliveryStatus } from './delivery-status.ts';
