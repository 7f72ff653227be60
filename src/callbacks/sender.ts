import http from 'node:http';
import https from 'node:https';
import type { CallbackRequest } from './callback-request.ts';
import { publicLookup, type Resolve, resolvePublicName, TargetRefused } from './lookup.ts';
import { isPublicTarget } from './target-url.ts';

/** What came of a request: an answer, or why there was none. */
export type SendResult = Answer | { readonly failure: string; readonly isRefused: boolean };

export interface Answer {
  readonly status: number;
  /** The header as it came. */
  readonly retryAfter: string | undefined;
  /** As text, and no more of it than was worth reading. */
  readonly body: string;
}

/** Sends callbacks over connections that are kept for a while. */
export interface CallbackSender extends Disposable {
  /** Never rejects for what the receiver or the network does; with the signal's reason when it is aborted. */
  send(request: CallbackRequest, signal: AbortSignal): Promise<SendResult>;
}

export interface SenderOptions {
  /** From the look-up of the name to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Whether callbacks may go to private hosts and by http. */
  readonly arePrivateAllowed: boolean;
  /** How public names are looked up. */
  readonly resolve?: Resolve;
}

/** A longer answer is cut off here, and its connection with it; a shorter one leaves the connection for others. */
const answerBytesMax = 16 * 1024;
/** Unused connections, for each receiver. */
const idleConnectionsMax = 4;
const idleConnectionMs = 5000;

export function createSender({
  timeoutMs,
  arePrivateAllowed,
  resolve = resolvePublicName,
}: SenderOptions): CallbackSender {
  const agentOptions = { keepAlive: true, maxFreeSockets: idleConnectionsMax, timeout: idleConnectionMs };
  const agents = { 'http:': new http.Agent(agentOptions), 'https:': new https.Agent(agentOptions) };
  const lookup = arePrivateAllowed ? {} : { lookup: publicLookup(resolve) };
  return {
    async send(request, signal) {
      const { target } = request;
      if (!arePrivateAllowed && !isPublicTarget(target)) return refusal('not HTTPS on a public host');
      const timeout = AbortSignal.timeout(timeoutMs);
      const connection = {
        ...lookup,
        agent: agents[target.protocol],
        signal: AbortSignal.any([signal, timeout]),
      };
      try {
        return await exchange(request, connection);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof TargetRefused) return refusal(error.message);
        // What Node does not let into a request will not get in later either.
        if (error instanceof TypeError) return refusal(kindOf(error));
        return {
          failure: timeout.aborted ? `no answer in ${timeoutMs} ms` : kindOf(error),
          isRefused: false,
        };
      }
    },
    [Symbol.dispose]() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function refusal(reason: string): SendResult {
  return { failure: `refused: ${reason}`, isRefused: true };
}

type Connection = Pick<https.RequestOptions, 'agent' | 'lookup' | 'signal'>;

const closedByReceiver = new Set(['ECONNRESET', 'EPIPE']);

/** Sends again at once when the receiver has closed a kept connection meanwhile, as it may at any time. */
async function exchange(request: CallbackRequest, connection: Connection): Promise<Answer> {
  const { outgoing, answer } = start(request, connection);
  try {
    return await answer;
  } catch (error) {
    if (!outgoing.reusedSocket || !closedByReceiver.has(kindOf(error))) throw error;
    return exchange(request, connection);
  }
}

function start(
  { target, method, path, headers, body }: CallbackRequest,
  connection: Connection,
): { outgoing: http.ClientRequest; answer: Promise<Answer> } {
  const { promise: answer, resolve, reject } = Promise.withResolvers<Answer>();
  const { hostname: host, port } = target;
  const outgoing = (target.protocol === 'https:' ? https : http).request({
    ...connection,
    host,
    port,
    method,
    path,
    headers,
  });
  let isAnswered = false;
  outgoing.on('error', (error) => {
    // With the status all is said, whatever becomes of the rest of the answer.
    if (!isAnswered) reject(error);
  });
  outgoing.once('response', (response) => {
    isAnswered = true;
    const { statusCode: status = 0, headers } = response;
    const body = readSome(response);
    response.once('close', () =>
      resolve({ status, retryAfter: headers['retry-after'], body: Buffer.concat(body).toString() }),
    );
  });
  outgoing.end(body);
  return { outgoing, answer };
}

/** The pieces of the body, as they come. */
function readSome(response: http.IncomingMessage): Buffer[] {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > answerBytesMax) response.destroy();
    else chunks.push(chunk);
  });
  return chunks;
}

/** The system's code for what went wrong (`ECONNREFUSED`, `ENOTFOUND`), which names nobody and nothing. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
