import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ConfigError, type LocalEmbeddingsConfig } from '../../config/index.ts';
import type { EmbedTexts } from '../embedder.ts';
import { ModelError } from '../model-error.ts';
import { type EmbedAnswer, type EmbedRequest, loadedId } from './onnx-messages.ts';

/** Texts that the model works on at once: a query that comes meanwhile waits for so many. */
const textsAtOnce = 8;
/** Characters of a text that are looked at: more than any model reads. */
const textLengthMax = 8000;
const files = ['tokenizer.json', 'model.onnx'];

/** The model of a folder, on a thread of its own. */
export interface LocalModel {
  readonly embedTexts: EmbedTexts;
  /** Ends the thread; what is under way fails. */
  close(): Promise<void>;
}

/** A name that no other model has, so that vectors of two are never compared. Throws a ConfigError when a file is missing. */
export async function nameLocalModel({ folder }: LocalEmbeddingsConfig): Promise<string> {
  const hash = createHash('sha256');
  try {
    for (const file of files) {
      for await (const piece of createReadStream(join(folder, file))) hash.update(piece as Buffer);
    }
  } catch (cause) {
    throw toConfigError((cause as Error).message);
  }
  return `local:${hash.digest('hex').slice(0, 16)}`;
}

/** Loads the model; throws a ConfigError that says what is missing. */
export async function openLocalModel({ folder }: LocalEmbeddingsConfig): Promise<LocalModel> {
  const thread = startThread(folder);
  const { problem } = await thread.loaded;
  if (problem !== undefined) {
    await thread.close();
    throw toConfigError(problem);
  }
  return {
    close: thread.close,
    embedTexts: async (texts, signal) => {
      const vectors: (readonly number[])[] = [];
      for (let start = 0; start < texts.length; start += textsAtOnce) {
        const some = texts.slice(start, start + textsAtOnce).map((text) => text.slice(0, textLengthMax));
        const answer = await Promise.race([thread.ask(some), whenAborted(signal)]);
        if (!answer.vectors) throw new ModelError('failed');
        vectors.push(...answer.vectors);
      }
      return vectors;
    },
  };
}

/** The thread, and its answers by the id of what they answer. */
function startThread(folder: string) {
  // Bundled, its file is JavaScript, as this one is.
  const file = new URL(`onnx-thread${extname(import.meta.url)}`, import.meta.url);
  const thread = new Worker(file, { workerData: { folder } });
  const waiting = new Map<number, (answer: EmbedAnswer) => void>();
  const gone = new Promise<never>((_, reject) => {
    thread.once('error', reject).once('exit', () => reject(new ModelError('unreachable')));
  });
  gone.catch(() => undefined);
  thread.on('message', (answer: EmbedAnswer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  const answerOf = (id: number) =>
    Promise.race([new Promise<EmbedAnswer>((resolve) => waiting.set(id, resolve)), gone]);
  let lastId = loadedId;
  return {
    loaded: answerOf(loadedId),
    close: async () => void (await thread.terminate()),
    ask: (texts: readonly string[]) => {
      lastId += 1;
      const request: EmbedRequest = { id: lastId, texts };
      thread.postMessage(request);
      return answerOf(lastId);
    },
  };
}

async function whenAborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw new ModelError('cancelled');
}

function toConfigError(problem: string): ConfigError {
  return new ConfigError(`RAPPORT_EMBEDDINGS_LOCAL_DIR: ${problem}`);
}
