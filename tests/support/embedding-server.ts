import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The vector of a text. */
export type Embed = (text: string) => number[];

/** An embeddings endpoint in the test's process, whose behaviour the test may change at any time. */
export interface EmbeddingServer {
  readonly baseUrl: string;
  /** Texts that were asked for, by request. */
  readonly requests: string[][];
  embed: Embed;
  /** `down`: answers 503; `silent`: never answers. */
  state: 'up' | 'down' | 'silent';
  stop(): Promise<void>;
}

export async function startEmbeddingServer(embed: Embed): Promise<EmbeddingServer> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address object.
  const { port } = server.address() as AddressInfo;
  const self: EmbeddingServer = {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests: [],
    embed,
    state: 'up',
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Asked;
    const texts = [asked.input].flat();
    self.requests.push(texts);
    if (self.state === 'silent') return;
    const encode = asked.encoding_format === 'base64' ? toBase64 : (vector: number[]) => vector;
    const data = texts.map((text, index) => ({
      object: 'embedding',
      index,
      embedding: encode(self.embed(text)),
    }));
    response.writeHead(self.state === 'down' ? 503 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ object: 'list', data, usage: { prompt_tokens: 1, total_tokens: 1 } }));
  }
  return self;
}

/** What is read of a request. */
interface Asked {
  readonly input: string | string[];
  /** Floats unless told otherwise; OpenAI's own client tells otherwise. */
  readonly encoding_format?: 'float' | 'base64';
}

function toBase64(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}

const dimension = 64;
/** Words that mean the same here. */
const synonyms: Readonly<Record<string, string>> = { automobile: 'car', vehicle: 'car', physician: 'doctor' };

/** Texts with the same words, or words that mean the same, are near each other. */
export function meaningfulVector(text: string): number[] {
  const sum = new Array<number>(dimension).fill(0);
  for (const word of text.toLowerCase().match(/[a-z0-9]+/g) ?? []) {
    for (const [at, value] of noiseVector(synonyms[word] ?? word).entries()) sum[at] = (sum[at] ?? 0) + value;
  }
  return sum;
}

/** The same for the same text, and otherwise nothing to do with it. */
export function noiseVector(text: string): number[] {
  const bytes = [0, 1].flatMap((part) => [...createHash('sha256').update(`${part}${text}`).digest()]);
  return bytes.map((byte) => byte / 127.5 - 1);
}
