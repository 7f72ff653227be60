import { connect, type Socket } from 'node:net';

/**
 * One HTTP/1.1 connection that is kept alive, one request at a time. It does the least that gets an answer, so that its
 * process takes little of what the server's answer is measured to take.
 */
export interface Connection {
  /** Sends JSON. Milliseconds until the whole answer is here; throws on any status but 2xx. */
  send(method: string, path: string, body: string): Promise<number>;
  close(): void;
}

const endOfHead = '\r\n\r\n';

export async function openConnection(url: string, authorization: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const shared = `Host: ${hostname}:${port}\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\n`;
  return {
    async send(method, path, body) {
      const startedAt = performance.now();
      socket.write(
        `${method} ${path} HTTP/1.1\r\n${shared}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      const status = await readAnswer(socket);
      if (status < 200 || status >= 300) throw new Error(`${path} answered ${status}`);
      return performance.now() - startedAt;
    },
    close: () => void socket.destroy(),
  };
}

/** The status of the answer, once all of it is here. */
function readAnswer(socket: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let received = 0;
    let status = 0;
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
      if (status === 0) {
        const text = Buffer.concat(pieces).toString('latin1');
        const headEnd = text.indexOf(endOfHead);
        if (headEnd < 0) return;
        status = Number(text.slice(9, 12));
        total = headEnd + endOfHead.length + Number(text.match(/content-length: (\d+)/i)?.[1]);
      }
      if (received >= total) end(() => resolve(status));
    };
    socket.on('data', read).once('error', fail).once('close', hangUp);
  });
}
