import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { createApiKey } from '../../src/accounts/index.ts';
import {
  basicAuthorization,
  startTestServer,
  type TestReply,
  type TestServer,
  testAccount,
} from '../../src/testing/index.ts';

/** One of the two Agent Connect clients, by the requests it makes and the answers it can read. */
export interface AgentConnect {
  /** Sends a request and fails on any status but 2xx; answers the body. */
  send(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Sends a request whatever comes of it. */
  attempt(method: string, path: string, body?: unknown): Promise<TestReply>;
}

export type ClientName = 'Python' | 'TypeScript';

const headersOf: Readonly<Record<ClientName, Readonly<Record<string, string>>>> = {
  Python: {
    'User-Agent': 'twilio-agent-connect-python/1.0.0 (python 3.12)',
    Accept: '*/*',
    'Accept-Encoding': 'gzip, deflate',
  },
  TypeScript: {
    'User-Agent': 'twilio-agent-connect-typescript/1.0.0',
    Accept: 'application/json, text/plain, */*',
    'Accept-Encoding': 'gzip, compress, deflate, br',
  },
};

/** A server with both clients, which use an API key and its secret. */
export async function startServerWithAgentConnect(): Promise<
  Readonly<Record<ClientName, AgentConnect>> & { server: TestServer }
> {
  const server = await startTestServer();
  const { sid, secret } = await createApiKey(server.context, { accountId: testAccount.sid, name: 'agent' });
  const authorization = basicAuthorization(sid, secret);
  const client = (name: ClientName): AgentConnect => {
    const attempt: AgentConnect['attempt'] = (method, path, body) =>
      server.request(method, path, body, {
        ...headersOf[name],
        Authorization: authorization,
        // Python libraries say so of a GET too (memory-clients section 3).
        ...(body === undefined ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}),
      });
    return {
      attempt,
      send: async (method, path, body) => {
        const reply = await attempt(method, path, body);
        expect(reply.status, JSON.stringify(reply.body)).toBeGreaterThanOrEqual(200);
        expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
        return reply.body;
      },
    };
  };
  return { server, Python: client('Python'), TypeScript: client('TypeScript') };
}

const text = { type: 'string' };
const time = {
  type: 'string',
  maxLength: 30,
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$',
};
const channel = { enum: ['VOICE', 'SMS', 'RCS', 'EMAIL', 'WHATSAPP', 'CHAT', 'API', 'SYSTEM'] };
const participantTypes = ['HUMAN_AGENT', 'CUSTOMER', 'AI_AGENT', 'AGENT'];
const deliveryStatus = { enum: ['INITIATED', 'IN_PROGRESS', 'DELIVERED', 'COMPLETED', 'FAILED'] };
const idOf = (prefix: string) => ({ type: 'string', pattern: `^${prefix}_[0-7][0-9a-z]{25}$` });
const object = (required: Record<string, object>, optional: Record<string, object> = {}) => ({
  type: 'object',
  required: Object.keys(required),
  properties: { ...required, ...optional },
});
const listOf = (items: object, maxItems?: number) => ({
  type: 'array',
  items,
  ...(maxItems ? { maxItems } : {}),
});

const recalledParty = object(
  {
    id: idOf('conv_participant'),
    name: { type: 'string', maxLength: 256 },
    address: { type: 'string', maxLength: 254 },
    channel,
  },
  { type: { enum: participantTypes }, profileId: text, deliveryStatus },
);
const observation = object(
  {
    id: idOf('mem_observation'),
    content: { type: 'string', minLength: 1, maxLength: 4096 },
    source: { type: 'string', minLength: 1, maxLength: 100 },
    createdAt: time,
    updatedAt: time,
  },
  { occurredAt: time, conversationIds: listOf(text, 10) },
);
const summary = object(
  { id: idOf('mem_summary'), content: text, createdAt: time, updatedAt: time },
  { conversationId: text, source: text, occurredAt: time },
);
const recalledCommunication = object(
  {
    id: text,
    author: recalledParty,
    content: object({}, { text }),
    recipients: listOf(recalledParty, 100),
    createdAt: time,
  },
  { channelId: { type: ['string', 'null'] }, updatedAt: time },
);

const address = object({ channel, address: text }, { channelId: { type: ['string', 'null'] } });
const callback = object(
  { url: { type: 'string', pattern: '^https?://' } },
  { method: { enum: ['POST', 'GET'] } },
);
const participant = object(
  { id: idOf('conv_participant'), conversationId: text, accountId: text, name: text },
  {
    type: { enum: [...participantTypes, 'UNKNOWN'] },
    profileId: text,
    addresses: listOf(address),
    createdAt: time,
    updatedAt: time,
  },
);
const party = object(
  { address: { type: 'string', maxLength: 254 }, channel, participantId: text },
  { deliveryStatus },
);
const meta = object({ key: text, pageSize: { type: 'integer' } });
const conversation = object(
  { id: idOf('conv_conversation'), accountId: text, configurationId: text },
  {
    status: { enum: ['ACTIVE', 'INACTIVE', 'CLOSED'] },
    name: { type: ['string', 'null'] },
    createdAt: time,
    updatedAt: time,
    participants: listOf(participant),
  },
);
const communication = object(
  {
    id: idOf('conv_communication'),
    conversationId: text,
    accountId: text,
    author: party,
    content: object({ type: { enum: ['TEXT', 'TRANSCRIPTION'] }, text }),
    recipients: listOf(party),
  },
  { channelId: { type: ['string', 'null'] }, createdAt: time, updatedAt: time, occurredAt: time },
);

/** What the clients insist on in answers: the stricter of the two, member by member (memory-clients sections 4, 5; conversations-clients section 4). */
const models = {
  recall: object(
    {
      observations: listOf(observation),
      summaries: listOf(summary),
      communications: listOf(recalledCommunication),
    },
    { meta: object({}, { queryTime: { type: 'integer', minimum: 0, maximum: 600_000 } }) },
  ),
  lookup: object({
    normalizedValue: { type: 'string', maxLength: 255 },
    profiles: listOf(idOf('mem_profile'), 100),
  }),
  createdProfile: object({ id: idOf('mem_profile') }),
  profile: object({ id: idOf('mem_profile'), createdAt: time, traits: { type: 'object' } }),
  accepted: object({ message: text }),
  createdObservation: object({
    content: text,
    source: text,
    occurredAt: time,
    conversationIds: listOf(text),
  }),
  observations: object({ observations: listOf(observation) }),
  configuration: object(
    {
      id: idOf('conv_configuration'),
      displayName: { type: 'string', pattern: '^[a-zA-Z0-9-_ ]+$' },
      description: text,
      conversationGroupingType: text,
      memoryStoreId: { type: 'string', pattern: '^mem_(store|service)_[0-7][0-9a-z]{25}$' },
    },
    {
      channelSettings: {
        type: 'object',
        additionalProperties: object(
          {},
          {
            statusTimeouts: object(
              { closed: { type: 'integer', minimum: 1 } },
              { inactive: { type: 'integer' } },
            ),
            captureRules: listOf(object({ from: text, to: text }, { metadata: { type: 'object' } })),
          },
        ),
      },
      statusCallbacks: listOf(callback, 20),
      version: { type: 'integer' },
      createdAt: time,
      updatedAt: time,
    },
  ),
  conversation,
  conversations: object({ conversations: listOf(conversation), meta }),
  participant,
  participants: object({ participants: listOf(participant), meta }),
  communication,
  communications: object({ communications: listOf(communication), meta }),
};

const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true });
/** The only members that may be null (conversations-clients section 4). */
const nullableMembers = ['name', 'channelId'];

/** Fails unless both clients can read the body, and hands it on. */
export function readAs<Body = Record<string, unknown>>(model: keyof typeof models, body: unknown): Body {
  const validate = ajv.compile(models[model]);
  const complaints = validate(body)
    ? []
    : (validate.errors ?? []).map(
        ({ instancePath, message, data }) => `${instancePath} ${message}: ${JSON.stringify(data)}`,
      );
  expect([...complaints, ...nullsIn(body)]).toEqual([]);
  // The model has just been checked; the test says which of its members it reads.
  return body as Body;
}

function nullsIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const at = `${path}/${name}`;
    if (member === null) return nullableMembers.includes(name) ? [] : [`${at} is null`];
    return nullsIn(member, at);
  });
}
