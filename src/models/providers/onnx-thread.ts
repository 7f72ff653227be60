// The thread of a local model: it computes for seconds at a stretch, while the server goes on answering.
import { parentPort, workerData } from 'node:worker_threads';
import { type EmbedAnswer, type EmbedRequest, loadedId } from './onnx-messages.ts';
import { loadOnnxModel } from './onnx-model.ts';

const answer = (message: EmbedAnswer) => parentPort?.postMessage(message);

try {
  const { folder } = workerData as { folder: string };
  const model = await loadOnnxModel(folder);
  parentPort?.on('message', ({ id, texts }: EmbedRequest) => {
    model.embed(texts).then(
      (vectors) => answer({ id, vectors }),
      () => answer({ id }),
    );
  });
  answer({ id: loadedId });
} catch (error) {
  answer({ id: loadedId, problem: (error as Error).message });
}
