import { requireTool } from '../tools.ts';
import type { Peer, PeerSettings } from './peer.ts';

/** What is used of `mem0ai/oss`. */
interface Mem0 {
  Memory: new (
    config: object,
  ) => {
    add(messages: object[], config: { userId: string; infer: false }): Promise<unknown>;
    search(
      query: string,
      config: { topK: number; filters: { user_id: string } },
    ): Promise<{ results: { memory: string }[] }>;
  };
}

/** Its own vector store, which is SQLite: here in memory, which is the fastest that it can be. Nothing is inferred. */
export async function openMem0({ origin, modelUrl, model, dimension }: PeerSettings): Promise<Peer> {
  const { Memory } = requireTool<Mem0>(origin, 'mem0ai/oss');
  const provider = { apiKey: 'none', baseURL: modelUrl };
  const memory = new Memory({
    embedder: { provider: 'openai', config: { ...provider, model, embeddingDims: dimension } },
    llm: { provider: 'openai', config: provider },
    vectorStore: {
      provider: 'memory',
      config: { collectionName: 'memories', dimension, dbPath: ':memory:' },
    },
    historyStore: { provider: 'sqlite', config: { historyDbPath: ':memory:' } },
  });
  return {
    async add(userId, texts) {
      const messages = texts.map((content) => ({ role: 'user', content }));
      await memory.add(messages, { userId, infer: false });
    },
    async search(owner, query, topK) {
      const { results } = await memory.search(query, { topK, filters: { user_id: owner } });
      return results.map((result) => result.memory);
    },
  };
}
