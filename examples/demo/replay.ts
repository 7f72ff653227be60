import type { Dialogue } from './dialogue.ts';
import type { Client, DemoServer } from './server.ts';

/** Where the dialogues go: a memory store and a configuration that extracts memories into it. */
export interface Workspace {
  readonly storeId: string;
  readonly configurationId: string;
}

/** What came of a dialogue. */
export interface Replayed {
  readonly dialogue: Dialogue;
  readonly conversationId: string;
  readonly profileId: string;
  readonly messages: number;
}

const agentPhone = '+12025550100';
const secondsBetweenTurns = 20;

/** Makes a store and a configuration with extraction turned on. */
export async function createWorkspace({ client }: DemoServer): Promise<Workspace> {
  const name = `demo-${Date.now().toString(36)}`;
  const store = await client.memory.v1.stores.create({ displayName: name });
  const storeOperation = await client.memory.v1.operations(lastSegment(store.statusUrl)).fetch();
  const storeId = (storeOperation.result as { id: string }).id;
  const accepted = await client.conversations.v2.configurations.create({
    displayName: name,
    description: 'Replayed dialogues',
    conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
    memoryStoreId: storeId,
    memoryExtractionEnabled: true,
    channelSettings: { SMS: { statusTimeouts: { inactive: 10, closed: 60 } } },
  } as never);
  const operation = await client.conversations.v2
    .operations(lastSegment((accepted as { statusUrl?: string }).statusUrl))
    .fetch();
  const { configurationId } = operation.related as { configurationId: string };
  return { storeId, configurationId };
}

/** Replays one dialogue message by message and closes the conversation, which starts extraction. */
export async function replay(
  { client }: DemoServer,
  { configurationId, storeId }: Workspace,
  dialogue: Dialogue,
): Promise<Replayed> {
  await introduce(client, storeId, dialogue);
  const conversation = await client.conversations.v2.conversations.create({
    configurationId,
    name: dialogue.id,
    participants: [
      {
        type: 'CUSTOMER',
        name: dialogue.customer.name,
        addresses: [{ channel: 'SMS', address: dialogue.customer.phone }],
      },
      { type: 'AI_AGENT', addresses: [{ channel: 'SMS', address: agentPhone }] },
    ],
  } as never);
  const conversationId = conversation.id ?? '';
  const startedAt = Date.now() - dialogue.turns.length * secondsBetweenTurns * 1000;
  for (const [turn, { author, text }] of dialogue.turns.entries()) {
    const [from, to] =
      author === 'CUSTOMER' ? [dialogue.customer.phone, agentPhone] : [agentPhone, dialogue.customer.phone];
    await client.conversations.v2.communications(conversationId).create({
      author: { address: from, channel: 'SMS' },
      recipients: [{ address: to, channel: 'SMS' }],
      content: { type: 'TEXT', text },
      occurredAt: new Date(startedAt + turn * secondsBetweenTurns * 1000),
    } as never);
  }
  const participants = await client.conversations.v2.participants(conversationId).list();
  await client.conversations.v2.conversations(conversationId).update({ status: 'CLOSED' } as never);
  const customer = participants.find((participant) => participant.type === 'CUSTOMER');
  return { dialogue, conversationId, profileId: customer?.profileId ?? '', messages: dialogue.turns.length };
}

/** What a sign-up form would have written: the customer's name and e-mail address beside the phone number. */
async function introduce(client: Client, storeId: string, { customer }: Dialogue): Promise<void> {
  const [firstName, ...rest] = customer.name?.split(' ') ?? [];
  const Contact = {
    phone: customer.phone,
    ...(customer.email ? { email: customer.email } : {}),
    ...(firstName ? { firstName } : {}),
    ...(rest.length > 0 ? { lastName: rest.join(' ') } : {}),
  };
  await client.memory.v1.profiles(storeId).create({ traits: { Contact } });
}

/** What the server remembers of a customer. */
export interface Remembered {
  readonly observations: readonly string[];
  readonly summaries: readonly string[];
  readonly answers: readonly {
    readonly question: string;
    readonly memories: readonly { readonly content: string; readonly score: number }[];
  }[];
}

const answersPerQuestion = 2;
/** Any score above 0: without a threshold Recall fills up with memories that have nothing to do with the question. */
const related = 0.01;

export async function remember(
  { client }: DemoServer,
  { storeId }: Workspace,
  { profileId, dialogue, conversationId }: Replayed,
): Promise<Remembered> {
  const observations = await client.memory.v1
    .observations(storeId, profileId)
    .list({ conversationId, orderBy: 'ASC' });
  const summaries = await client.memory.v1.conversationSummaries(storeId, profileId).list({ conversationId });
  const answers = [];
  for (const question of dialogue.questions) {
    const recalled = await client.memory.v1.recall(storeId, profileId).create({
      query: question,
      observationsLimit: answersPerQuestion,
      relevanceThreshold: related,
    } as never);
    const memories =
      (recalled as { observations?: { content: string; score?: number }[] }).observations ?? [];
    answers.push({ question, memories: memories.map(({ content, score = 0 }) => ({ content, score })) });
  }
  return {
    observations: observations.map((observation) => observation.content ?? ''),
    summaries: summaries.map((summary) => summary.content ?? ''),
    answers,
  };
}

/** Whether the customer is found again, by phone number and, where one is known, by e-mail address. */
export async function isFoundAgain(
  { client }: DemoServer,
  { storeId }: Workspace,
  { profileId, dialogue }: Replayed,
): Promise<boolean> {
  const { phone, email } = dialogue.customer;
  const identifiers = [
    { idType: 'phone', value: phone },
    ...(email ? [{ idType: 'email', value: email }] : []),
  ];
  for (const identifier of identifiers) {
    const { profiles = [] } = await client.memory.v1.lookup(storeId).create(identifier);
    if (profiles.length !== 1 || profiles[0] !== profileId) return false;
  }
  return true;
}

function lastSegment(url: string | undefined): string {
  return url?.split('/').at(-1) ?? '';
}
