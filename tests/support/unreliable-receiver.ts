import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';

/** A callback that was answered with 200. */
export interface Delivered {
  readonly token: string;
  readonly eventType: string;
  readonly conversationId: string;
  /** Status of what the event tells of, where it has one. */
  readonly status: string | undefined;
  /** Id of what the event tells of. */
  readonly dataId: string;
}

/** A receiver of status callbacks that fails some of them, and can be dead for a while. */
export interface UnreliableReceiver {
  readonly url: string;
  /** In the order in which they were taken, repeats too. */
  readonly delivered: readonly Delivered[];
  readonly attempts: number;
  /** Calls whose signature the official validator refused. */
  readonly badSignatures: number;
  /** The share of all calls that are answered with 503, by a sequence of its own that is the same each time. */
  failShare: number;
  die(): Promise<void>;
  revive(): Promise<void>;
}

export async function startUnreliableReceiver(options: {
  authToken: string;
  failShare: number;
}): Promise<UnreliableReceiver> {
  const delivered: Delivered[] = [];
  const counts = { attempts: 0, badSignatures: 0 };
  let port = 0;
  let chance = 1;
  const isFailing = () => {
    chance = (chance * 48_271) % 2_147_483_647;
    return chance / 2_147_483_647 < self.failShare;
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    counts.attempts += 1;
    const signature = String(request.headers['x-twilio-signature']);
    const url = `http://127.0.0.1:${port}${request.url}`;
    if (!twilio.validateRequestWithBody(options.authToken, signature, url, body)) counts.badSignatures += 1;
    if (isFailing()) return void response.writeHead(503).end();
    const { eventType, data } = JSON.parse(body) as {
      eventType: string;
      data: { id: string; conversationId?: string; status?: string };
    };
    delivered.push({
      token: String(request.headers['i-twilio-idempotency-token']),
      eventType,
      conversationId: data.conversationId ?? data.id,
      dataId: data.id,
      status: data.status,
    });
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":"ok"}');
  });
  const revive = () => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await revive();
  port = (server.address() as AddressInfo).port;
  const self: UnreliableReceiver = {
    failShare: options.failShare,
    url: `http://127.0.0.1:${port}/webhook`,
    delivered,
    get attempts() {
      return counts.attempts;
    },
    get badSignatures() {
      return counts.badSignatures;
    },
    revive,
    die: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return self;
}
