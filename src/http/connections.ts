import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Lets go of connections at a stop. Idle ones are closed by Fastify; one that has a request under way ends with its answer,
 * since kept alive it would hold the stop up until its client hangs up; and one over which nothing was asked yet, as browsers
 * and clients open them ahead of need, is closed at once. The signal that comes back aborts when the stop begins.
 */
export function closeConnectionsAtStop(app: FastifyInstance): AbortSignal {
  const controller = new AbortController();
  const unused = watchUnused(app);
  app.addHook('preClose', async () => {
    controller.abort();
    for (const socket of unused) socket.destroy();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (controller.signal.aborted) reply.header('Connection', 'close');
    done();
  });
  return controller.signal;
}

/** The connections that have not seen a request; Node does not count them among the idle ones. */
function watchUnused(app: FastifyInstance): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  app.server.on('request', ({ socket }: { socket: Socket }) => unused.delete(socket));
  return unused;
}
