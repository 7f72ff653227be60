import { connect, type Socket } from 'node:net';

/** What is asked of a server; without headers of its own it is JSON of the root account. */
export interface Question {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The whole of an answer. */
export interface Answer {
  readonly status: number;
  /** Its status line and headers, as they came. */
  readonly head: string;
  readonly body: string;
}

/**
 * One HTTP/1.1 connection that is kept alive, one request at a time. It does the least that gets an answer, so that its
 * process takes little of what the server's answer is measured to take. For requests that depend on each other, or come at
 * moments of their own; the same few, as often as the server answers them, are what `runLoad` sends from another process.
 */
export interface Connection {
  /** Rejects when the connection ends before the answer does. */
  ask(question: Question): Promise<Answer>;
  /** Sends JSON. Milliseconds until the whole answer is here; throws on any status but 2xx. */
  send(method: string, path: string, body: string): Promise<number>;
  readonly isOpen: boolean;
  close(): void;
}

const endOfHead = '\r\n\r\n';

export async function openConnection(url: string, authorization: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  // Between two answers nobody else listens to it, and then its end is seen by `isOpen`.
  socket.on('error', () => undefined);
  const json = { Authorization: authorization, 'Content-Type': 'application/json' };
  const ask: Connection['ask'] = ({ method, path, body = '', headers = json }) => {
    const lines = Object.entries({ ...headers, 'Content-Length': Buffer.byteLength(body) });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.write(`${method} ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${head}\r\n${body}`);
    return readAnswer(socket);
  };
  return {
    ask,
    async send(method, path, body) {
      const startedAt = performance.now();
      const { status } = await ask({ method, path, body });
      if (status < 200 || status >= 300) throw new Error(`${path} answered ${status}`);
      return performance.now() - startedAt;
    },
    get isOpen() {
      return socket.readyState === 'open';
    },
    close: () => void socket.destroy(),
  };
}

/** As many connections as there are questions under way at once. */
export interface Connections {
  ask(question: Question): Promise<Answer>;
  close(): void;
}

/** Below the time after which the server ends a connection that nobody uses. */
const idleMaxMs = 20_000;

export function openConnections(url: string, authorization: string): Connections {
  const idle: { readonly connection: Connection; readonly since: number }[] = [];
  const take = async (): Promise<Connection> => {
    const last = idle.pop();
    if (!last) return openConnection(url, authorization);
    if (last.connection.isOpen && performance.now() - last.since < idleMaxMs) return last.connection;
    last.connection.close();
    return take();
  };
  return {
    async ask(question) {
      const connection = await take();
      const answer = await connection.ask(question);
      idle.push({ connection, since: performance.now() });
      return answer;
    },
    close() {
      for (const { connection } of idle) connection.close();
    },
  };
}

function readAnswer(socket: Socket): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let received = 0;
    let head = '';
    let bodyStart = 0;
    let total = Number.POSITIVE_INFINITY;
    const end = (finish: () => void) => {
      socket.off('data', read).off('error', fail).off('close', hangUp);
      finish();
    };
    const fail = (error: Error) => end(() => reject(error));
    const hangUp = () => fail(new Error('the server has hung up'));
    const read = (piece: Buffer) => {
      pieces.push(piece);
      received += piece.length;
      if (head === '') {
        const bytes = Buffer.concat(pieces);
        const headEnd = bytes.indexOf(endOfHead);
        if (headEnd < 0) return;
        head = bytes.toString('latin1', 0, headEnd);
        bodyStart = headEnd + endOfHead.length;
        total = bodyStart + Number(head.match(/content-length: (\d+)/i)?.[1]);
      }
      if (received < total) return;
      const body = Buffer.concat(pieces).toString('utf8', bodyStart);
      end(() => resolve({ status: Number(head.slice(9, 12)), head, body }));
    };
    socket.on('data', read).once('error', fail).once('close', hangUp);
  });
}
