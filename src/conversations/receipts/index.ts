/** What actions have sent, as capture sees it. The jobs are in the room's own door. */
export { listSentMessages } from './receipt.store.ts';
