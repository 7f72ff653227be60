import { createAccountSid, createApiKey } from '../../../src/accounts/index.ts';
import { basicAuthorization, type TestServer } from '../../../src/testing/index.ts';

/** Resources of one account, one of each kind and related to each other. */
export interface World {
  /** Ids by the segment before them in paths; the operations of the two APIs are told apart by the version. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  /** Values by the names of members that refer to resources, or that only certain values make sense for. */
  readonly known: Readonly<Record<string, readonly unknown[]>>;
}

const customer = '+12025550123';
const agent = '+12025550100';
let count = 0;

/** An account beside the root account, by its Authorization header. */
export async function createOtherAccount(server: TestServer): Promise<string> {
  const { sid, secret } = await createApiKey(server.context, {
    accountId: createAccountSid(),
    name: 'other',
  });
  return basicAuthorization(sid, secret);
}

/** Makes a world in the account of the credentials, which are those of the root account by default. */
export async function createWorld(server: TestServer, authorization?: string): Promise<World> {
  const send = async (method: string, path: string, body?: unknown) => {
    const headers = authorization ? { Authorization: authorization } : {};
    const reply = await server.request(method, path, body, headers);
    if (reply.status >= 300)
      throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    // Each caller reads what the contract gives to this request.
    return reply.body as Record<string, never>;
  };
  count += 1;
  const displayName = `world-${count}`;
  const memory = await createMemory(send, displayName);
  const conversations = await createConversations(send, displayName, memory.storeId);
  return {
    ids: { ...memory.ids, ...conversations.ids },
    known: { ...plausible, ...memory.known, ...conversations.known },
  };
}

type Send = (method: string, path: string, body?: unknown) => Promise<Record<string, never>>;

async function createMemory(send: Send, displayName: string) {
  const operations = '/v1/ControlPlane/Operations';
  const create = async (path: string, body: object) => {
    const { statusUrl } = await send('POST', path, body);
    const operationId = new URL(statusUrl ?? '').pathname.split('/').at(-1) ?? '';
    const id: string = (await send('GET', `${operations}/${operationId}`))['result']?.['id'] ?? '';
    return { id, operationId };
  };
  const { id: storeId, operationId } = await create('/v1/ControlPlane/Stores', { displayName });
  const store = `/v1/ControlPlane/Stores/${storeId}`;
  await create(`${store}/TraitGroups`, {
    displayName: 'Preferences',
    traits: { drink: { dataType: 'STRING' } },
  });
  const mapping = await create(`${store}/DataMappings`, dataMapping(displayName));
  const profiles = `/v1/Stores/${storeId}/Profiles`;
  const profileId: string = (await send('POST', profiles, traits(customer)))['id'] ?? '';
  const occurredAt = '2026-03-30T10:30:00Z';
  const content = { content: 'Prefers tea', source: 'test', occurredAt };
  await send('POST', `${profiles}/${profileId}/Observations`, { observations: [content] });
  await send('POST', `${profiles}/${profileId}/ConversationSummaries`, {
    summaries: [{ ...content, conversationId: 'conv_conversation_01k1etk2y5f1y9fpe2epfdtvv2' }],
  });
  const { importId } = await send('POST', `${profiles}/Imports`, csvImport);
  const idsIn = async (list: string, member: string) => {
    const body: Record<string, readonly { id: string }[]> = await send(
      'GET',
      `${profiles}/${profileId}/${list}`,
    );
    return (body[member] ?? []).map(({ id }) => id);
  };
  return {
    storeId,
    ids: {
      Stores: [storeId],
      'v1 Operations': [operationId],
      Profiles: [profileId],
      Observations: await idsIn('Observations', 'observations'),
      ConversationSummaries: await idsIn('ConversationSummaries', 'summaries'),
      TraitGroups: ['Preferences'],
      DataMappings: [mapping.id],
      Imports: [importId ?? ''],
      Identifiers: ['phone'],
    },
    known: { memoryStoreId: [storeId], profileId: [profileId] },
  };
}

function traits(phone: string): object {
  return { traits: { Contact: { phone } } };
}

const columns = [
  { columnName: 'phone', traitGroup: 'Contact', traitName: 'phone' },
  { columnName: 'city', traitGroup: 'Contact', traitName: 'city' },
];
const csvImport = { filename: 'profiles.csv', fileSize: 1_000, columnMappings: columns };

function dataMapping(displayName: string): object {
  const [{ columnName, ...trait } = {}] = columns;
  return {
    displayName,
    mappingFrom: { type: 'INGRESS', columns: [columnName] },
    mappingTo: { type: 'TRAITS', mappings: [{ expression: columnName, ...trait }] },
  };
}

async function createConversations(send: Send, displayName: string, memoryStoreId: string) {
  const accepted = await send('POST', '/v2/ControlPlane/Configurations', {
    displayName,
    description: 'for a test',
    conversationGroupingType: 'GROUP_BY_PROFILE',
    memoryStoreId,
    channelSettings: { SMS: { captureRules: [{ from: '*', to: agent }] } },
  });
  const configurationId: string = accepted['related']?.['configurationId'] ?? '';
  const conversation = await send('POST', '/v2/Conversations', {
    configurationId,
    participants: [
      { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: customer }] },
      { type: 'AI_AGENT', addresses: [{ channel: 'SMS', address: agent }] },
    ],
  });
  const conversationId: string = conversation['id'] ?? '';
  const participants: readonly { id: string }[] = conversation['participants'] ?? [];
  const participantIds = participants.map(({ id }) => id);
  const communication = await send('POST', `/v2/Conversations/${conversationId}/Communications`, {
    author: { address: customer, channel: 'SMS' },
    content: { type: 'TEXT', text: 'hello' },
    recipients: [{ address: agent, channel: 'SMS' }],
    resourceId: 'SM00000000000000000000000000000001',
  });
  const message = {
    from: { address: agent, channel: 'SMS' },
    to: [{ participantId: participantIds[0], channel: 'SMS' }],
    content: { text: 'hello' },
  };
  const action = await send('POST', `/v2/Conversations/${conversationId}/Actions`, {
    type: 'SEND_MESSAGE',
    payload: message,
  });
  return {
    ids: {
      Configurations: [configurationId],
      'v2 Operations': [new URL(accepted['statusUrl'] ?? '').pathname.split('/').at(-1) ?? ''],
      Conversations: [conversationId],
      Participants: participantIds,
      Communications: [communication['id'] ?? ''],
      Actions: [action['id'] ?? ''],
    },
    known: {
      configurationId: [configurationId],
      conversationId: [conversationId],
      conversationIds: [[conversationId], []],
      participantId: participantIds,
      // Parties that fit together are not to be had by chance.
      payload: [message, { ...message, from: { participantId: participantIds[1] } }],
    },
  };
}

/** For members whose schema says less than the rules behind it. */
const plausible: World['known'] = {
  traits: [{ Contact: { phone: customer } }, { Contact: { phone: agent, firstName: 'Ada', city: null } }],
  idType: ['phone'],
  idTypePromotion: ['phone'],
  value: [customer, agent],
  oldValue: [customer],
  newValue: ['+12025550177'],
  address: [customer, agent, '+12025550111'],
  query: ['tea'],
  identifierConfigs: [[{ idType: 'loyalty' }]],
  matchingRules: [['phone', 'email'], ['loyalty']],
  traitGroup: ['Contact'],
  traitName: ['phone', 'city'],
  columnMappings: [columns],
  ruleType: ['STRING'],
  // Members that are refused whatever they hold: left out.
  action: [undefined],
  workflows: [undefined],
  resourceId: ['SM00000000000000000000000000000001'],
};
