import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the provider does with a request to send; `send` when nothing else was asked for. */
export type ProviderTurn =
  | 'send'
  /** Makes the message and does not answer before it is told to. */
  | 'send and hang'
  | 'send and reset'
  | 'hang'
  | 'reset'
  /** An answer of success that is none of the provider's. */
  | 'garbage'
  /** A refusal, with the provider's code. */
  | { readonly status: number; readonly code?: number; readonly message?: string };

export interface ProviderRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  /** Repeated parameters are joined by a space. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A message as the provider holds it, in the members of its API. */
export type ProviderMessage = Readonly<Record<string, string>>;

/** A stand-in for the messaging provider, on a port of its own. */
export interface MessagingProvider {
  readonly url: string;
  /** Requests to send, in the order in which they came. */
  readonly requests: ProviderRequest[];
  /** Every message that was made, oldest first. */
  readonly messages: ProviderMessage[];
  /** How the next requests to send fare. */
  readonly turns: ProviderTurn[];
  /** Whether messages that were made are in lists. */
  showsMessages: boolean;
  /** The time that messages are stamped with, in milliseconds; the machine's unless it is set. */
  now: () => number;
  /** Answers the requests whose messages were made and that are still open. */
  release(): void;
  /** Resolves when this many requests to send have come. */
  received(count: number): Promise<void>;
  stop(): Promise<void>;
}

const textMessages = /^\/2010-04-01\/Accounts\/AC[0-9a-f]{32}\/Messages\.json$/;
const chatMessages = /^\/v1\/(?:Services\/\w+\/)?Conversations\/(\w+)\/Messages$/;

export async function startMessagingProvider(): Promise<MessagingProvider> {
  const listeners = new Set<() => void>();
  const held: (() => void)[] = [];
  let made = 0;
  const http = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address object.
  const { port } = http.address() as AddressInfo;

  const provider: MessagingProvider = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    messages: [],
    turns: [],
    showsMessages: true,
    now: Date.now,
    release: () => {
      for (const answerLate of held.splice(0)) answerLate();
    },
    received: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (provider.requests.length < count) return;
          listeners.delete(check);
          resolve();
        };
        listeners.add(check);
        check();
      }),
    stop: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray()).toString();
    const { pathname, searchParams } = new URL(request.url ?? '', provider.url);
    const isChat = chatMessages.test(pathname);
    if (!isChat && !textMessages.test(pathname)) {
      reply(response, 404, { code: 20404 });
      return;
    }
    if (request.method === 'GET') {
      const shown = provider.showsMessages ? provider.messages.toReversed() : [];
      reply(response, 200, isChat ? chatPage(shown, pathname) : textPage(shown, searchParams));
      return;
    }
    const parameters = toRecord(new URLSearchParams(body));
    provider.requests.push({ path: pathname, authorization: request.headers.authorization, parameters });
    take(provider.turns.shift() ?? 'send', parameters, pathname, response);
    for (const listener of listeners) listener();
  }

  function take(
    turn: ProviderTurn,
    parameters: ProviderRequest['parameters'],
    path: string,
    response: ServerResponse,
  ): void {
    if (typeof turn === 'object') {
      const { status, code = status, message = 'refused' } = turn;
      reply(response, status, { code, message, more_info: '', status });
      return;
    }
    if (turn.startsWith('send')) provider.messages.push(toMessage(parameters, path));
    if (turn.endsWith('reset')) response.destroy();
    const message = provider.messages.at(-1);
    if (turn === 'send') reply(response, 201, message);
    if (turn === 'send and hang') held.push(() => reply(response, 201, message));
    if (turn === 'garbage') response.writeHead(200).end('<html>Welcome to our network</html>');
  }

  function toMessage(parameters: ProviderRequest['parameters'], path: string): ProviderMessage {
    made += 1;
    const digits = String(made).padStart(32, '0');
    const [, channelSid] = chatMessages.exec(path) ?? [];
    const now = new Date(provider.now());
    if (channelSid !== undefined) {
      const { Author = '', Body = '' } = parameters;
      return {
        sid: `IM${digits}`,
        conversation_sid: channelSid,
        author: Author,
        body: Body,
        date_created: now.toISOString(),
      };
    }
    const { From = '', To = '', Body = '' } = parameters;
    return {
      sid: `SM${digits}`,
      from: From,
      to: To,
      body: Body,
      status: 'queued',
      direction: 'outbound-api',
      date_created: now.toUTCString(),
    };
  }

  return provider;
}

function textPage(messages: readonly ProviderMessage[], filter: URLSearchParams): object {
  const isMeant = ({ to, from }: ProviderMessage) =>
    [to, null].includes(filter.get('To')) && [from, null].includes(filter.get('From'));
  return { messages: messages.filter(isMeant), next_page_uri: null };
}

function chatPage(messages: readonly ProviderMessage[], path: string): object {
  const [, channelSid] = chatMessages.exec(path) ?? [];
  const meta = { key: 'messages', next_page_url: null };
  return { messages: messages.filter(({ conversation_sid: sid }) => sid === channelSid), meta };
}

function toRecord(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name).join(' ')]),
  );
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
