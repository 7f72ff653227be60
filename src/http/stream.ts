import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** How long a caller may take, once the server stops, to read what is left of a stream; after that it is cut off. */
const lastReadMs = 1000;

/** Aborts when the caller has hung up or has its answer, and when the server stops. */
export function endOfReply(reply: FastifyReply, stopping: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (stopping.aborted) abort();
  stopping.addEventListener('abort', abort, { once: true });
  reply.raw.once('close', () => {
    stopping.removeEventListener('abort', abort);
    abort();
  });
  return controller.signal;
}

/**
 * Sends the body as it is made, as fast as the caller reads it. The connection ends with it: one that was kept alive would hold
 * up a stop. What the caller leaves unread at a stop is lost.
 */
export function sendStream(reply: FastifyReply, body: Readable, stopping: AbortSignal): FastifyReply {
  if (reply.request.method === 'HEAD') {
    body.destroy();
    return reply.send();
  }
  let deadline: NodeJS.Timeout | undefined;
  const limit = () => {
    deadline = setTimeout(() => reply.raw.destroy(), lastReadMs);
  };
  stopping.addEventListener('abort', limit, { once: true });
  reply.raw.once('close', () => {
    stopping.removeEventListener('abort', limit);
    clearTimeout(deadline);
  });
  return reply.header('Connection', 'close').send(body);
}
