import { createStore, type SdkClient } from './sdk.ts';

type V2 = SdkClient['conversations']['v2'];
type ConfigurationDraft = Parameters<V2['configurations']['create']>[0];
type Conversation = Awaited<ReturnType<ReturnType<V2['conversations']>['fetch']>>;
type Communication = Awaited<ReturnType<ReturnType<V2['communications']>['fetch']>>;
type Participant = Awaited<ReturnType<ReturnType<V2['participants']>['fetch']>>;

let count = 0;

/** A name that no other configuration or store of the test run has. */
export function uniqueName(): string {
  count += 1;
  return `test-${count}`;
}

/** One store for all configurations of a client: an account may not have many. */
const stores = new WeakMap<SdkClient, Promise<string>>();

function sharedStore(client: SdkClient): Promise<string> {
  const store = stores.get(client) ?? createStore(client, uniqueName());
  stores.set(client, store);
  return store;
}

/** Creates a configuration, on the client's shared memory store unless one is named, and returns its id. */
export async function createConfiguration(
  client: SdkClient,
  options: Partial<ConfigurationDraft> = {},
): Promise<string> {
  const accepted = await client.conversations.v2.configurations.create({
    displayName: uniqueName(),
    description: 'for a test',
    conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
    memoryStoreId: options.memoryStoreId ?? (await sharedStore(client)),
    ...options,
  });
  return finishedId(client, accepted.statusUrl, 'configurationId');
}

/** The id in `related` of a Conversations operation that has ended well. */
export async function finishedId(
  client: SdkClient,
  statusUrl: string | undefined,
  member: 'configurationId' | 'conversationId',
): Promise<string> {
  const operationId = (statusUrl ?? '').split('/').at(-1) ?? '';
  const operation = await client.conversations.v2.operations(operationId).fetch();
  if (operation.status !== 'COMPLETED') throw new Error(`operation is ${operation.status}`);
  const id = operation.related[member];
  if (!id) throw new Error(`operation has no ${member}`);
  return id;
}

export const customerNumber = '+12025550123';
export const agentNumber = '+12025550100';

export function customer(address = customerNumber, channel = 'SMS') {
  return { type: 'CUSTOMER', addresses: [{ channel, address }] };
}

export function agent(address = agentNumber, channel = 'SMS') {
  return { type: 'AI_AGENT', addresses: [{ channel, address }] };
}

/** A conversation between the customer and the agent, unless other participants are named. */
export async function createConversation(
  client: SdkClient,
  configurationId: string,
  participants: object[] = [customer(), agent()],
): Promise<Conversation & { id: string; participants: Participant[] }> {
  const created = await client.conversations.v2.conversations.create({ configurationId, participants });
  // The SDK types these members as optional; the server answers them always.
  return created as Conversation & { id: string; participants: Participant[] };
}

interface Said {
  readonly text?: string;
  readonly from?: string;
  readonly to?: string;
  readonly channel?: string;
  readonly channelId?: string;
  readonly resourceId?: string;
  readonly occurredAt?: Date;
}

/** Records a text from the customer to the agent, unless told otherwise. */
export async function say(
  client: SdkClient,
  conversationId: string,
  { text = 'hello', from = customerNumber, to = agentNumber, channel = 'SMS', ...rest }: Said = {},
): Promise<Communication> {
  return client.conversations.v2.communications(conversationId).create({
    author: { address: from, channel },
    content: { type: 'TEXT', text },
    recipients: [{ address: to, channel }],
    ...rest,
  });
}

/** The status of a conversation as a client sees it. */
export async function statusOf(client: SdkClient, conversationId: string): Promise<string | undefined> {
  return (await client.conversations.v2.conversations(conversationId).fetch()).status;
}

/** What each of the calls was refused with; one that is not refused is an error. */
export async function refusals(attempts: readonly Promise<unknown>[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(attempts);
  return outcomes.map((outcome, at) => {
    if (outcome.status === 'fulfilled') throw new Error(`call ${at} was not refused`);
    return outcome.reason;
  });
}
