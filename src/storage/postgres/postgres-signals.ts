import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Signals } from '../signals.ts';

const channel = 'rapport_signals';
/** Signals of this long go out together and equal ones once: PostgreSQL lets only one transaction at a time notify. */
const gatherMs = 20;
/** How soon a connection that broke is tried again. */
const retryMs = 1000;

/** Signals by NOTIFY, outside the transactions that they tell of; heard over a connection of its own. */
export class PostgresSignals implements Signals {
  readonly #url: string;
  readonly #notify: (channel: string, payloads: readonly string[]) => Promise<unknown>;
  /** Tells our own signals, which come back to us as well, from those of others. */
  readonly #sender = randomUUID();
  readonly #waiting = new Set<string>();
  readonly #listeners: ((topic: string) => void)[] = [];
  #sending: NodeJS.Timeout | undefined;
  #ear: pg.Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param notify sends payloads over a channel, by whatever connection is free */
  constructor(url: string, notify: (channel: string, payloads: readonly string[]) => Promise<unknown>) {
    this.#url = url;
    this.#notify = notify;
  }

  send(topic: string): void {
    if (this.#isClosed) return;
    this.#waiting.add(topic);
    this.#sending ??= setTimeout(() => void this.#sendWaiting(), gatherMs).unref();
  }

  listen(listener: (topic: string) => void): void {
    this.#listeners.push(listener);
    if (this.#listeners.length === 1) void this.#connect();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#sending);
    clearTimeout(this.#retry);
    await this.#ear?.end().catch(() => undefined);
  }

  async #sendWaiting(): Promise<void> {
    const payloads = [...this.#waiting].map((topic) => `${this.#sender} ${topic}`);
    this.#waiting.clear();
    this.#sending = undefined;
    // Whoever misses it polls.
    await this.#notify(channel, payloads).catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const ear = new pg.Client({ connectionString: this.#url, keepAlive: true });
    this.#ear = ear;
    ear.on('error', () => undefined);
    ear.once('end', () => this.#connectLater());
    ear.on('notification', ({ payload = '' }) => this.#hear(payload));
    try {
      await ear.connect();
      await ear.query(`listen ${channel}`);
    } catch {
      await ear.end().catch(() => undefined);
      this.#connectLater();
    }
  }

  #connectLater(): void {
    if (this.#isClosed || this.#retry) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      void this.#connect();
    }, retryMs).unref();
  }

  #hear(payload: string): void {
    const space = payload.indexOf(' ');
    if (payload.slice(0, space) === this.#sender) return;
    const topic = payload.slice(space + 1);
    for (const listener of this.#listeners) listener(topic);
  }
}
