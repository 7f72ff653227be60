import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a model is made to note of a message; `updates` names an observation that it was shown. */
export interface Note {
  readonly content: string;
  readonly communicationIndex?: number;
  readonly updates?: string;
}

/** A line of the data in a question. */
export type DataLine = Readonly<Record<string, unknown>>;

/** A chat completions endpoint in the test's process, whose behaviour the test may change at any time. */
export interface LanguageModelServer {
  /** Settings with which a server asks it. */
  readonly env: Readonly<Record<string, string>>;
  /** The data of each question, in order. */
  readonly questions: DataLine[][];
  /** The text of an answer. */
  answer: (data: DataLine[]) => string | Promise<string>;
  /** `down`: answers 503; `refusing`: answers 401; `silent`: never answers. */
  state: 'up' | 'down' | 'refusing' | 'silent';
  /** Resolves when this many questions have come. */
  asked(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** An answer in the form that extraction asks for. */
export function notes(observations: readonly Note[], summary: string | null = null): string {
  return JSON.stringify({
    observations: observations.map(({ content, communicationIndex = null, updates = null }) => ({
      content,
      communicationIndex,
      updates,
    })),
    summary,
  });
}

/** Starts it; with nothing else said it notes nothing. */
export async function startLanguageModelServer(): Promise<LanguageModelServer> {
  const listeners = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const { messages } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    self.questions.push(dataOf(messages.at(-1).content));
    for (const listener of listeners) listener();
    if (self.state !== 'silent') await reply(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address object.
  const { port } = server.address() as AddressInfo;
  const self: LanguageModelServer = {
    env: { RAPPORT_LLM_BASE_URL: `http://127.0.0.1:${port}/v1`, RAPPORT_LLM_MODEL: 'small' },
    questions: [],
    answer: () => notes([]),
    state: 'up',
    asked: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (self.questions.length < count) return;
          listeners.delete(check);
          resolve();
        };
        listeners.add(check);
        check();
      }),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function reply(response: ServerResponse): Promise<void> {
    const statuses = { up: 200, down: 503, refusing: 401, silent: 200 };
    const body =
      self.state === 'up' ? completion(await self.answer(self.questions.at(-1) ?? [])) : { error: {} };
    response
      .writeHead(statuses[self.state], { 'Content-Type': 'application/json' })
      .end(JSON.stringify(body));
  }
  return self;
}

function dataOf(prompt: string): DataLine[] {
  const lines = prompt.split('\n');
  return lines
    .slice(lines.indexOf('BEGIN DATA') + 1, lines.lastIndexOf('END DATA'))
    .map((line) => JSON.parse(line));
}

/** A chat completion with this text, in the protocol's form. */
function completion(content: string) {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'small',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1050 },
  };
}
