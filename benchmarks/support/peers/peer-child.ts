/**
 * The process of a peer, behind bare node:http, so that the same load is put on all of them. Arguments: the peer's name and its
 * settings as JSON. Prints its URL.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { answersMax } from '../remembered.ts';
import { openInMemoryStore, openPostgresStore } from './langgraph.ts';
import { openMem0 } from './mem0.ts';
import type { Peer, PeerSettings } from './peer.ts';
import type { PeerName } from './peers.ts';

const openers: Readonly<Record<PeerName, (settings: PeerSettings) => Promise<Peer>>> = {
  mem0: openMem0,
  inMemoryStore: openInMemoryStore,
  postgresStore: openPostgresStore,
};

const [, , name = '', settings = '{}'] = process.argv;
// Whoever starts this process names a peer that there is.
const peer = await openers[name as PeerName](JSON.parse(settings) as PeerSettings);
let running = 0;
const waiting: (() => void)[] = [];

const routes: Readonly<Record<string, (body: Record<string, string & string[]>) => Promise<unknown>>> = {
  '/memories': ({ owner = '', texts = [] }) => counted(() => peer.add(owner, texts)),
  '/search': ({ owner = '', query = '' }) => counted(() => peer.search(owner, query, answersMax)),
  '/idle': () => new Promise<void>((resolve) => (running > 0 ? waiting.push(resolve) : resolve())),
};

async function counted<T>(work: () => Promise<T>): Promise<T> {
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    if (running === 0) for (const resolve of waiting.splice(0)) resolve();
  }
}

const server = createServer(async (request, response) => {
  const body = (await json(request)) as Record<string, string & string[]>;
  const [status, answer] = await (
    routes[request.url ?? '']?.(body) ?? Promise.reject(new Error('no such route'))
  ).then(
    (found) => [200, found ?? null],
    (error: unknown) => [500, String(error)],
  );
  response.writeHead(Number(status), { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
});
// A connection that is closed while it waits would fail whoever is about to use it.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
