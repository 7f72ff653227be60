/** Erasing all that a deleted store held. It stands above the resources whose rows it takes away. */
export { erasureWorkers } from './erasure.worker.ts';
