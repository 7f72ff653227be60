import { connect } from 'node:net';

/** What a server answers to bytes as they are, in the order it sends them, until it closes the connection. */
export async function sendRaw(url: string, text: string): Promise<string> {
  const connection = openRaw(url);
  connection.write(text);
  return connection.ended;
}

/** A connection over which a test says what it likes, when it likes. */
export interface RawConnection {
  write(text: string): void;
  /** Says that nothing more comes. */
  end(): void;
  /** Everything that was answered, when the connection has ended. */
  readonly ended: Promise<string>;
}

export function openRaw(url: string): RawConnection {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const ended = (async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  })();
  return { write: (text) => void socket.write(text), end: () => void socket.end(), ended };
}

export interface RawReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Reads one answer whose body is JSON. */
export function parseRaw(text: string): RawReply {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const pairs = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: new Headers(pairs),
    body: body === '' ? undefined : JSON.parse(body),
  };
}
