import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testAccount } from '../../src/testing/index.ts';
import { prepare, type Requests } from '../../tests/support/cluster-story.ts';
import { type EmbeddingServer, startEmbeddingServer } from '../../tests/support/embedding-server.ts';
import {
  type LanguageModelServer,
  notes,
  startLanguageModelServer,
} from '../../tests/support/language-model-server.ts';
import { mountSmallDisk, type SmallDisk } from '../../tests/support/small-disk.ts';
import { startUnreliableReceiver, type UnreliableReceiver } from '../../tests/support/unreliable-receiver.ts';
import { type CompiledServer, startCompiledServer } from '../support/compiled-server.ts';
import { type Connections, openConnections } from '../support/connection.ts';
import { embedWords } from '../support/invented-vectors.ts';
import type { TrafficTarget } from './traffic.ts';

/** The server, what it talks to, and the disk it keeps its data on. */
export interface Stage extends TrafficTarget {
  readonly server: CompiledServer;
  readonly requests: Requests;
  readonly dataDir: string;
  /** Undefined where none can be mounted; the data are in the temporary folder then. */
  readonly disk: SmallDisk | undefined;
  readonly receiver: UnreliableReceiver;
  readonly languageModel: LanguageModelServer;
  readonly embeddings: EmbeddingServer;
  /** Sets the server's system clock this much forward, or back. */
  stepClock(ms: number): void;
  stop(): Promise<void>;
}

/** Half an hour writes two or three gigabytes; memory that is not in use costs nothing. */
const diskMegabytes = 8192;
const steppedClock = fileURLToPath(new URL('stepped-clock.ts', import.meta.url));
/** Minutes of silence: less than the step of the clock to the first, more to the second. */
const statusTimeouts = { inactive: 30, closed: 24 * 60 };

export async function setStage(): Promise<Stage> {
  await using started = new AsyncDisposableStack();
  const disk = mountSmallDisk(diskMegabytes);
  started.defer(() => disk?.remove());
  const folder = mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  started.defer(() => rmSync(folder, { recursive: true, force: true }));
  const receiver = await startUnreliableReceiver({ authToken: testAccount.authToken, failShare: 0 });
  started.defer(() => receiver.die());
  const languageModel = await startLanguageModelServer();
  languageModel.answer = () => notes([{ content: 'The customer has asked a question.' }], 'A dialogue.');
  started.defer(() => languageModel.stop());
  const embeddings = await startEmbeddingServer(embedWords);
  started.defer(() => embeddings.stop());
  const clockFile = join(folder, 'clock');
  const dataDir = disk?.folder ?? folder;
  const server = await startCompiledServer(
    {
      RAPPORT_ALLOW_PRIVATE_CALLBACKS: 'true',
      RAPPORT_LOG_LEVEL: 'error',
      RAPPORT_EMBEDDINGS_BASE_URL: embeddings.baseUrl,
      RAPPORT_EMBEDDINGS_MODEL: 'bench-384',
      ...languageModel.env,
      BENCH_CLOCK_FILE: clockFile,
    },
    { dataDir, preload: steppedClock },
  );
  started.defer(server.stop);
  const connections = openConnections(server.url, server.authorization);
  started.defer(connections.close);
  const requests = requestsOver(connections);
  const prepared = await prepare(requests, { callbackUrl: receiver.url, statusTimeouts });
  let clockOffMs = 0;
  const resources = started.move();
  return {
    ...prepared,
    url: server.url,
    server,
    connections,
    requests,
    dataDir,
    disk,
    receiver,
    languageModel,
    embeddings,
    stepClock(ms) {
      clockOffMs += ms;
      writeFileSync(clockFile, String(clockOffMs));
      server.signal('SIGUSR2');
    },
    stop: () => resources.disposeAsync(),
  };
}

function requestsOver(connections: Connections): Requests {
  return {
    async request<Body>(method: string, path: string, body?: unknown) {
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      const answer = await connections.ask({ method, path, ...text });
      // The caller knows what it asked for.
      return { status: answer.status, body: (answer.body ? JSON.parse(answer.body) : undefined) as Body };
    },
  };
}

/** Jobs that wait for an hour that is far away, and those that stand for callbacks, which are counted themselves. */
const notQueued = /name="(conversation\.timer|events\.remove-old|callbacks\.deliver)"/;

/** Jobs that wait or run, timers apart, and callbacks that wait for their turn or their next attempt. */
export async function readQueue(stage: Stage): Promise<{ depth: number; dead: number }> {
  const { body } = await stage.connections.ask({ method: 'GET', path: '/metrics' });
  let [depth, dead] = [0, 0];
  for (const line of body.split('\n')) {
    if (!/^rapport_(jobs|callback_deliveries)\{/.test(line) || notQueued.test(line)) continue;
    const count = Number(line.split(' ').at(-1));
    if (line.includes('state="dead"')) dead += count;
    else depth += count;
  }
  return { depth, dead };
}
