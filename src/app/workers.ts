import { type DeliveryOptions, deliveryWorkers } from '../callbacks/index.ts';
import { conversationsWorkers, profileMentions } from '../conversations/index.ts';
import { eventWorkers } from '../events/index.ts';
import { type ExtractionOptions, extractionWorkers } from '../extraction/index.ts';
import type { Worker } from '../jobs/index.ts';
import { memoryWorkers } from '../memory/index.ts';
import type { Embedder } from '../models/index.ts';
import type { Context } from '../runtime/context.ts';
import type { Sender } from '../senders/index.ts';

/** Every job of the server with what does it. Without a language model extraction works offline. */
export function allWorkers(
  context: Context,
  extraction: ExtractionOptions,
  callbacks: DeliveryOptions,
  sender: Sender,
  embedder: Embedder | undefined,
): Worker[] {
  return [
    ...memoryWorkers(context, { mentions: profileMentions(context), embedder }),
    ...conversationsWorkers(context, sender),
    ...deliveryWorkers(context, callbacks),
    ...eventWorkers(context),
    ...extractionWorkers(context, extraction),
  ];
}
