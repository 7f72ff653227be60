import fc from 'fast-check';
import { basicAuthorization, type TestServer, testAccount } from '../../../src/testing/index.ts';
import type { Contract, Exchange } from '../contract.ts';
import { differencesOf } from '../contract-check.ts';
import { type FuzzRequest, fuzzRequest, type Target } from './requests.ts';
import { createWorld, type World } from './world.ts';

/** How many requests each operation gets, and the seed that they follow from; both can be set from outside. */
export const runs = Number(process.env['RAPPORT_FUZZ_RUNS'] ?? 25);
const seed = Number(process.env['RAPPORT_FUZZ_SEED'] ?? 20260330);
const answerTimeoutMs = 5_000;
/** How many resources an operation may use up; when they are gone it is asked for what no longer exists. */
const worldsMax = Math.ceil(runs / 5);

export interface FuzzOptions {
  readonly server: TestServer;
  readonly served: Contract;
  /** Resources of another account, which no request may reach. */
  readonly other: World;
}

/**
 * Sends requests to an operation and throws at the first answer that breaks a promise, with the request, the seed and how to
 * repeat it. Answers how many of the requests succeeded.
 */
export async function fuzz(target: Target, { server, served, other }: FuzzOptions): Promise<number> {
  const planned = await createWorld(server);
  let current = planned;
  let succeeded = 0;
  const property = fc.asyncProperty(fuzzRequest(target, planned, other), async (plan) => {
    const request = moveTo(plan, planned, current);
    const answer = await send(server.url, request);
    const complaints =
      typeof answer === 'string' ? [answer] : complaintsAbout(request, answer, { target, served });
    if (complaints.length > 0) throw new Error([describeRequest(request), ...complaints].join('\n'));
    if (typeof answer === 'string' || answer.status >= 300) return;
    succeeded += 1;
    // What is deleted cannot be deleted again: the next request needs another one.
    if (target.method === 'DELETE' && succeeded < worldsMax) current = await createWorld(server);
  });
  await fc.assert(property, { numRuns: runs, seed });
  return succeeded;
}

/** The same request on the resources of another world. */
function moveTo(request: FuzzRequest, from: World, to: World): FuzzRequest {
  const path = Object.entries(from.ids).reduce(
    (text, [segment, ids]) =>
      ids.reduce((moved, id, at) => moved.replaceAll(id, to.ids[segment]?.[at] ?? id), text),
    request.path,
  );
  return { ...request, path };
}

const authorization = basicAuthorization(testAccount.sid, testAccount.authToken);

/** The answer, or what is wrong when there is none. */
async function send(
  origin: string,
  { method, path, headers, body }: FuzzRequest,
): Promise<Exchange | string> {
  try {
    const response = await fetch(origin + path, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(answerTimeoutMs),
      headers: { Authorization: authorization, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await readText(response);
    return {
      method,
      url: new URL(origin + path).pathname,
      status: response.status,
      headers: response.headers,
      body: isJson(response.headers) ? JSON.parse(text) : text,
    };
  } catch (error) {
    return `no answer within ${answerTimeoutMs} ms, or none that can be read: ${error}`;
  }
}

/** What the answer says; of a stream of events, which has no end, that it has begun. */
async function readText(response: Response): Promise<string> {
  if (!response.headers.get('Content-Type')?.startsWith('text/event-stream')) return response.text();
  await response.body?.cancel();
  return '';
}

function isJson(headers: Headers): boolean {
  return (headers.get('Content-Type') ?? '').startsWith('application/json');
}

function complaintsAbout(
  { isForeign }: FuzzRequest,
  answer: Exchange,
  { target, served }: { target: Target; served: Contract },
): string[] {
  const { status, headers, body } = answer;
  const isApi = /^\/v\d\//.test(target.path);
  return [
    ...(status >= 500 ? [`the server failed: ${status} ${JSON.stringify(body)}`] : []),
    ...(isForeign && status < 400 ? [`a resource of another account was reached: ${status}`] : []),
    ...(isApi && !isJson(headers) ? [`the answer is no JSON: ${headers.get('Content-Type')}`] : []),
    ...(headers.has('Twilio-Request-Id') ? [] : ['the answer has no request id']),
    ...('polluted' in {} ? ['a body changed what all objects inherit'] : []),
    ...differencesOf(served, answer),
  ];
}

const shownMax = 2_000;

function describeRequest({ method, path, headers, body = '' }: FuzzRequest): string {
  return `${method} ${path} ${JSON.stringify(headers)} ${body.slice(0, shownMax)}`;
}
