import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { testAccount } from '../../src/testing/index.ts';
import { agentNumber, type Chat, formOf, type Place } from '../../tests/support/cluster-story.ts';
import type { Answer, Connections, Question } from '../support/connection.ts';
import { type Chance, inventQuestion, inventTurn, seededChance } from '../support/invented-dialogue.ts';

/** What dialogues are made of, in this order. */
const script = [
  'create profile',
  'create conversation',
  'message',
  'message',
  'create observations',
  'message',
  'message',
  'message',
  'message',
  'create observations',
  'message',
  'message',
  'close conversation',
] as const;
export type Write = (typeof script)[number];

/** How often each is among what is read: an agent that recalls before each answer, and pages that show a customer. */
const reads = { recall: 0.5, 'fetch profile': 0.3, 'list communications': 0.2 } as const;
export type Read = keyof typeof reads;

const writeShare = 0.5;
/** Dialogues that go on at the same time, and those that were over last, which are read too. */
const dialoguesAtOnce = 200;
/** Of the writes while there are fewer: dialogues begin one after the other, so that they are at different places. */
const beginShare = 2 / script.length;
const recentMax = 500;
const observationsAtOnce = 2;
const occurredAt = '2026-01-05T10:00:00Z';
const webhook = '/rapport/v1/ingest/messages';
const numbersOfArea = 100;
const areas = 700;
/** The one before it is that of the agent. */
const firstArea = 203;

/** A dialogue, and what of it the server has acknowledged. */
export interface Dialogue extends Chat {
  readonly messages: Chat['messages'][number][];
  readonly observations: string[];
  profileId: string;
  conversationId: string;
  isClosed: boolean;
}

/** A request, and what its answer means when it is a success. */
export interface Operation {
  readonly name: Write | Read;
  readonly isWrite: boolean;
  /** The answer, or nothing when there was none. */
  run(): Promise<Answer | undefined>;
}

/** Where the traffic goes. */
export interface TrafficTarget extends Place {
  readonly url: string;
  readonly connections: Connections;
}

/**
 * Dialogues of invented customers with an agent. Each writes its next step only once the one before it is acknowledged; one that
 * is refused comes again at its next turn, as a provider sends it again.
 */
export class Traffic {
  readonly #target: TrafficTarget;
  readonly #chance: Chance;
  readonly #going: DialogueRun[] = [];
  readonly #readable: DialogueRun[] = [];
  /** All of them, in the order in which they began. */
  readonly dialogues: Dialogue[] = [];

  constructor(target: TrafficTarget, seed: number) {
    this.#target = target;
    this.#chance = seededChance(seed);
  }

  /** What somebody wants next. */
  next(): Operation {
    const isWrite = this.#readable.length === 0 || this.#chance() < writeShare;
    return isWrite ? this.#nextWrite() : this.#nextRead();
  }

  /** Closes what is still going on. */
  async finish(): Promise<void> {
    for (const run of this.#going) await run.close();
  }

  #nextWrite(): Operation {
    const run = this.#freeDialogue();
    const name = run.nextWrite;
    run.isBusy = true;
    return {
      name,
      isWrite: true,
      run: async () => {
        const answer = await run.write().catch(() => undefined);
        run.isBusy = false;
        if (name === 'create profile' && run.dialogue.profileId) this.#show(run);
        if (run.dialogue.isClosed) this.#going.splice(this.#going.indexOf(run), 1);
        return answer;
      },
    };
  }

  #nextRead(): Operation {
    const run = pick(this.#chance, this.#readable);
    const name = this.#drawRead();
    return { name, isWrite: false, run: () => run.read(name).catch(() => undefined) };
  }

  #freeDialogue(): DialogueRun {
    const free = this.#going.filter(({ isBusy }) => !isBusy);
    const isBegun = this.#going.length < dialoguesAtOnce && this.#chance() < beginShare;
    if (free.length > 0 && !isBegun) return pick(this.#chance, free);
    const run = new DialogueRun(this.#target, this.dialogues.length, this.#chance);
    this.#going.push(run);
    this.dialogues.push(run.dialogue);
    return run;
  }

  #show(run: DialogueRun): void {
    this.#readable.push(run);
    if (this.#readable.length > recentMax) this.#readable.shift();
  }

  #drawRead(): Read {
    let left = this.#chance();
    for (const [name, share] of Object.entries(reads)) {
      left -= share;
      // A key of the object that it was read from.
      if (left < 0) return name as Read;
    }
    return 'recall';
  }
}

/** One dialogue on its way through the script. */
class DialogueRun {
  readonly dialogue: Dialogue;
  isBusy = false;
  readonly #target: TrafficTarget;
  readonly #number: number;
  readonly #chance: Chance;
  #step = 0;

  constructor(target: TrafficTarget, number: number, chance: Chance) {
    this.#target = target;
    this.#number = number;
    this.#chance = chance;
    const customer = customerOf(number);
    this.dialogue = {
      customer,
      messages: [],
      observations: [],
      profileId: '',
      conversationId: '',
      isClosed: false,
    };
  }

  get nextWrite(): Write {
    return script[this.#step] ?? 'close conversation';
  }

  async write(): Promise<Answer> {
    const answer = await this.#writers[this.nextWrite]();
    if (isSuccess(answer)) this.#step += 1;
    return answer;
  }

  read(name: Read): Promise<Answer> {
    const { profileId, conversationId } = this.dialogue;
    if (name === 'recall')
      return this.#json('POST', `${this.#profilePath}/Recall`, { query: inventQuestion(this.#chance) });
    return name === 'list communications' && conversationId
      ? this.#json('GET', `/v2/Conversations/${conversationId}/Communications`)
      : this.#json('GET', `/v1/Stores/${this.#target.storeId}/Profiles/${profileId}`);
  }

  async close(): Promise<Answer | undefined> {
    if (!this.dialogue.conversationId) return undefined;
    return this.#writers['close conversation']();
  }

  get #profilePath(): string {
    return `/v1/Stores/${this.#target.storeId}/Profiles/${this.dialogue.profileId}`;
  }

  readonly #writers: Readonly<Record<Write, () => Promise<Answer>>> = {
    'create profile': async () => {
      const traits = { Contact: { phone: this.dialogue.customer, firstName: `Customer ${this.#number}` } };
      const answer = await this.#json('POST', `/v1/Stores/${this.#target.storeId}/Profiles`, { traits });
      if (isSuccess(answer)) this.dialogue.profileId = idIn(answer);
      return answer;
    },
    'create conversation': async () => {
      const answer = await this.#json('POST', '/v2/Conversations', {
        configurationId: this.#target.configurationId,
        participants: [
          { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: this.dialogue.customer }] },
          { type: 'AI_AGENT', addresses: [{ channel: 'SMS', address: agentNumber }] },
        ],
      });
      if (isSuccess(answer)) this.dialogue.conversationId = idIn(answer);
      return answer;
    },
    message: async () => {
      const message = this.#inventMessage();
      const answer = await this.#target.connections.ask(this.#toWebhook(message));
      if (isSuccess(answer)) this.dialogue.messages.push(message);
      return answer;
    },
    'create observations': async () => {
      const contents = Array.from(
        { length: observationsAtOnce },
        () => `${this.#number}.${this.#step}: ${inventTurn(this.#chance, this.#step)}`,
      );
      const observations = contents.map((content) => ({ content, source: 'bench', occurredAt }));
      const answer = await this.#json('POST', `${this.#profilePath}/Observations`, { observations });
      if (isSuccess(answer)) this.dialogue.observations.push(...contents);
      return answer;
    },
    'close conversation': async () => {
      const path = `/v2/Conversations/${this.dialogue.conversationId}`;
      const answer = await this.#json('PUT', path, { status: 'CLOSED' });
      if (isSuccess(answer)) this.dialogue.isClosed = true;
      return answer;
    },
  };

  #inventMessage(): Chat['messages'][number] {
    const turn = this.dialogue.messages.length;
    return {
      sid: `SM${String(this.#number).padStart(16, '0')}${String(turn).padStart(16, '0')}`,
      isFromCustomer: turn % 2 === 0,
      text: inventTurn(this.#chance, turn),
    };
  }

  #toWebhook(message: Chat['messages'][number]): Question {
    const form = formOf(this.dialogue, message);
    const url = this.#target.url + webhook;
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded',
      'X-Twilio-Signature': getExpectedTwilioSignature(testAccount.authToken, url, form),
    };
    return { method: 'POST', path: webhook, body: new URLSearchParams(form).toString(), headers };
  }

  #json(method: string, path: string, body?: unknown): Promise<Answer> {
    const question = { method, path, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return this.#target.connections.ask(question);
  }
}

export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

function idIn({ body }: Answer): string {
  return (JSON.parse(body) as { id: string }).id;
}

/** Of the range for fiction. */
function customerOf(number: number): string {
  const area = firstArea + (Math.floor(number / numbersOfArea) % areas);
  return `+1${area}55501${String(number % numbersOfArea).padStart(2, '0')}`;
}

function pick<Item>(chance: Chance, list: readonly Item[]): Item {
  // Nobody picks from an empty list.
  return list[Math.floor(chance() * list.length)] as Item;
}
