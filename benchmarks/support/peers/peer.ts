/** Something else that remembers texts of owners and finds them again. */
export interface Peer {
  add(owner: string, texts: readonly string[]): Promise<void>;
  /** Texts of the owner, the best first, as many as the limit at most. */
  search(owner: string, query: string, limit: number): Promise<string[]>;
}

/** What a peer is opened with. */
export interface PeerSettings {
  /** A path that `createRequire` takes, where the packages of the peers are. */
  readonly origin: string;
  /** OpenAI-compatible endpoint of the embedding model. */
  readonly modelUrl: string;
  readonly model: string;
  /** Numbers of a vector. */
  readonly dimension: number;
  /** An empty PostgreSQL database, for the peers that need one. */
  readonly postgresUrl?: string | undefined;
  /** Whether that PostgreSQL has pgvector. */
  readonly hasVectors?: boolean;
}
