import { type EmbeddingServer, startEmbeddingServer } from '../../tests/support/embedding-server.ts';
import type { Request } from './api-world.ts';
import type { CompiledServer } from './compiled-server.ts';
import { inventQuestion, inventTurn, seededChance } from './invented-dialogue.ts';
import { embedWords } from './invented-vectors.ts';

/** Of each of these many memories there is one profile. */
export const memoryCounts = [500, 10_000] as const;
/** Memories that a question is answered with. */
export const answersMax = 10;
export const embeddingModel = 'bench-384';

const questionCount = 200;
const observationsAtOnce = 10;
const occurredAt = '2026-01-05T10:00:00Z';

/** The model of the server and of all that it is compared with: vectors of 384 numbers, the same for the same words. */
export function startFakeModel(): Promise<EmbeddingServer> {
  return startEmbeddingServer(embedWords);
}

/** Settings of a server that asks this model. */
export function modelSettings({ baseUrl }: EmbeddingServer): Record<string, string> {
  return {
    RAPPORT_EMBEDDINGS_BASE_URL: baseUrl,
    RAPPORT_EMBEDDINGS_MODEL: embeddingModel,
    RAPPORT_EMBEDDINGS_TIMEOUT_MS: '10000',
  };
}

/** What is remembered: the same texts every time. */
export function inventMemories(count: number): string[] {
  const chance = seededChance(3);
  return Array.from({ length: count }, (_, number) => inventTurn(chance, number));
}

/** What is asked about them. */
export function inventQuestions(): string[] {
  const chance = seededChance(4);
  return Array.from({ length: questionCount }, () => inventQuestion(chance));
}

/** A profile that remembers so many texts, with their vectors; Recall of the questions. */
export async function rememberInServer(
  server: CompiledServer,
  storeId: string,
  count: number,
): Promise<Request[]> {
  const profiles = `/v1/Stores/${storeId}/Profiles`;
  const traits = { Contact: { email: `of-${count}@example.com` } };
  const { id } = await server.call<{ id: string }>('POST', profiles, { traits });
  const texts = inventMemories(count);
  for (let start = 0; start < count; start += observationsAtOnce) {
    const observations = texts
      .slice(start, start + observationsAtOnce)
      .map((content) => ({ content, source: 'bench', occurredAt }));
    await server.call('POST', `${profiles}/${id}/Observations`, { observations });
  }
  await server.idle();
  return inventQuestions().map((query) => ({
    method: 'POST',
    path: `${profiles}/${id}/Recall`,
    body: JSON.stringify({ query, observationsLimit: answersMax }),
  }));
}
