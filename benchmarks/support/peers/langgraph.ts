import { requireTool } from '../tools.ts';
import type { Peer, PeerSettings } from './peer.ts';

/** What is used of LangGraph's stores. */
interface Store {
  put(namespace: string[], key: string, value: { text: string }): Promise<void>;
  search(
    namespace: string[],
    options: { query: string; limit: number },
  ): Promise<{ value: { text: string } }[]>;
}

const fields = ['text'];

/** A map in memory, whose vectors are compared one by one. */
export async function openInMemoryStore(settings: PeerSettings): Promise<Peer> {
  const { InMemoryStore } = requireTool<{ InMemoryStore: new (options: object) => Store }>(
    settings.origin,
    '@langchain/langgraph',
  );
  const index = { dims: settings.dimension, embeddings: embeddingsOf(settings), fields };
  return peerOn(new InMemoryStore({ index }));
}

/** With its vector index where PostgreSQL has pgvector, else with PostgreSQL's text search. Its writes do not wait for the disk. */
export async function openPostgresStore(settings: PeerSettings): Promise<Peer> {
  const { PostgresStore } = requireTool<{
    PostgresStore: new (options: object) => Store & { setup(): Promise<void> };
  }>(settings.origin, '@langchain/langgraph-checkpoint-postgres/store');
  const index = { dims: settings.dimension, embed: embeddingsOf(settings), fields };
  const store = new PostgresStore({
    connectionOptions: { connectionString: settings.postgresUrl, options: '-c synchronous_commit=off' },
    ...(settings.hasVectors ? { index } : {}),
  });
  await store.setup();
  return peerOn(store);
}

function peerOn(store: Store): Peer {
  let keys = 0;
  return {
    async add(owner, texts) {
      await Promise.all(texts.map((text) => store.put(['memories', owner], `memory-${keys++}`, { text })));
    },
    async search(owner, query, limit) {
      const items = await store.search(['memories', owner], { query, limit });
      return items.map(({ value }) => value.text);
    },
  };
}

/** LangChain's interface of an embedding model. */
function embeddingsOf({ modelUrl, model }: PeerSettings) {
  const embedDocuments = async (input: string[]) => {
    const response = await fetch(`${modelUrl}/embeddings`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ model, input }),
    });
    const { data } = (await response.json()) as { data: { embedding: number[] }[] };
    return data.map(({ embedding }) => embedding);
  };
  return { embedDocuments, embedQuery: async (text: string) => (await embedDocuments([text]))[0] ?? [] };
}
