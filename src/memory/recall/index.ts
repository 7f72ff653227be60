/** Recall: the memories that matter now. */
export type { CommunicationSource, RecalledCommunication, RecalledParty } from './communications.ts';
export { recallRoutes } from './recall.routes.ts';
