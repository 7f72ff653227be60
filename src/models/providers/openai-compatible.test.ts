import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import Type from 'typebox';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GenerateRequest, LanguageModel } from '../language-model.ts';
import { ModelError } from '../model-error.ts';
import { withRetries } from '../retry.ts';
import { openAiCompatibleModel } from './openai-compatible.ts';

const Answer = Type.Object({ city: Type.String() }, { additionalProperties: false });

const secretText = 'the parcel never came to Rosewater Lane';

type Reply = (response: ServerResponse) => void;

interface Received {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

describe('an OpenAI-compatible endpoint', () => {
  let server: Server;
  let baseUrl: string;
  let replies: Reply[];
  let received: Received[];

  beforeEach(async () => {
    replies = [];
    received = [];
    server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A server that listens on TCP has an address object.
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks = await request.toArray();
    const body = JSON.parse(Buffer.concat(chunks).toString());
    received.push({ path: request.url, authorization: request.headers.authorization, body });
    // The last reply goes for all further requests.
    (replies.length > 1 ? replies.shift() : replies[0])?.(response);
  }

  function model(options: { timeoutMs?: number; apiKey?: string } = {}): LanguageModel {
    const { timeoutMs = 5000, apiKey } = options;
    return withRetries(openAiCompatibleModel({ baseUrl, model: 'small', apiKey }, { timeoutMs }), {
      log: { debug: () => undefined },
      firstDelayMs: 1,
    });
  }

  it('returns the parsed answer', async () => {
    replies = [content('{"city":"Lisbon"}')];
    expect(await model().generate(request())).toEqual({ city: 'Lisbon' });
  });

  it('sends instructions, prompt and the schema as response format', async () => {
    replies = [content('{"city":"Lisbon"}')];
    await model({ apiKey: 'key-1' }).generate(request());
    expect(received).toMatchObject([
      {
        path: '/v1/chat/completions',
        authorization: 'Bearer key-1',
        body: {
          model: 'small',
          messages: [
            { role: 'system', content: 'Name the city.' },
            { role: 'user', content: secretText },
          ],
          response_format: {
            type: 'json_schema',
            json_schema: { name: 'answer', schema: { type: 'object', required: ['city'] } },
          },
        },
      },
    ]);
  });

  it('asks again when the answer is not JSON', async () => {
    replies = [content(`Sure! ${secretText}`), content('{"city":"Lisbon"}')];
    expect(await model().generate(request())).toEqual({ city: 'Lisbon' });
  });

  it('gives up on an endpoint that never answers with JSON after three calls', async () => {
    replies = [content(`Sure! ${secretText}`)];
    await expect(failure(model())).resolves.toMatchObject({ reason: 'malformed' });
    expect(received).toHaveLength(3);
  });

  it('says what each call took, also when its answer is of no use', async () => {
    replies = [content(`Sure! ${secretText}`), content('{"city":"Lisbon"}')];
    const used: unknown[] = [];
    await model().generate(request({ onUsage: (usage) => void used.push(usage) }));
    expect(used).toEqual([
      { input: 10, output: 5 },
      { input: 10, output: 5 },
    ]);
  });

  it('does not accept JSON outside the schema', async () => {
    replies = [content('{"town":"Lisbon"}')];
    await expect(failure(model())).resolves.toMatchObject({ reason: 'malformed' });
  });

  it('does not accept a body that is no chat completion', async () => {
    replies = [json(200, { hello: secretText })];
    await expect(failure(model())).resolves.toMatchObject({ reason: 'malformed' });
  });

  it('gives up on an answer that takes too long', async () => {
    replies = [() => undefined];
    await expect(failure(model({ timeoutMs: 30 }))).resolves.toMatchObject({ reason: 'timeout' });
    expect(received).toHaveLength(3);
  });

  it('asks again after a 500', async () => {
    replies = [json(500, { error: { message: secretText } }), content('{"city":"Lisbon"}')];
    expect(await model().generate(request())).toEqual({ city: 'Lisbon' });
  });

  it('asks again after a 429', async () => {
    replies = [json(429, { error: { message: 'slow down' } }), content('{"city":"Lisbon"}')];
    expect(await model().generate(request())).toEqual({ city: 'Lisbon' });
  });

  it('does not ask again after a 401', async () => {
    replies = [json(401, { error: { message: 'who are you?' } })];
    await expect(failure(model())).resolves.toMatchObject({ reason: 'refused', status: 401 });
    expect(received).toHaveLength(1);
  });

  it('says that nothing listens', async () => {
    const nowhere = withRetries(
      openAiCompatibleModel({ baseUrl: 'http://127.0.0.1:1/v1', model: 'small', apiKey: undefined }),
      { log: { debug: () => undefined }, firstDelayMs: 1 },
    );
    await expect(failure(nowhere)).resolves.toMatchObject({ reason: 'unreachable' });
  });

  it('ends with the caller’s signal, without another call', async () => {
    const controller = new AbortController();
    replies = [() => controller.abort()];
    await expect(failure(model(), { signal: controller.signal })).resolves.toMatchObject({
      reason: 'cancelled',
    });
    expect(received).toHaveLength(1);
  });

  it('sends nothing that is too long', async () => {
    await expect(failure(model(), { prompt: 'x'.repeat(200_001) })).resolves.toMatchObject({
      reason: 'too-long',
    });
    expect(received).toHaveLength(0);
  });

  it('keeps nothing of the conversation in its errors', async () => {
    for (const reply of [content(secretText), json(400, { error: { message: secretText } })]) {
      replies = [reply];
      expect(inspect(await failure(model()), { depth: 10 })).not.toContain('Rosewater');
    }
  });
});

function request(changes: Partial<GenerateRequest> = {}): GenerateRequest {
  return {
    instructions: 'Name the city.',
    prompt: secretText,
    schema: Answer,
    schemaName: 'answer',
    signal: new AbortController().signal,
    ...changes,
  };
}

async function failure(model: LanguageModel, changes: Partial<GenerateRequest> = {}): Promise<ModelError> {
  const error = await model.generate(request(changes)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ModelError)) throw new Error('expected a ModelError', { cause: error });
  return error;
}

function json(status: number, body: unknown): Reply {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };
}

/** A chat completion with this text, in the protocol's form. */
function content(text: string): Reply {
  return json(200, {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'small',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  });
}
