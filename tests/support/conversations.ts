import { createStore, type SdkClient } from './sdk.ts';

type ConfigurationDraft = Parameters<SdkClient['conversations']['v2']['configurations']['create']>[0];

/** What a test says about a configuration; the rest is filled in. */
export type ConfigurationOptions = Partial<Omit<ConfigurationDraft, 'channelSettings'>> & {
  channelSettings?: Record<string, object>;
};

let count = 0;

/** A name that no other configuration or store of the test run has. */
export function uniqueName(): string {
  count += 1;
  return `test-${count}`;
}

/** Creates a configuration, with a memory store of its own unless one is named, and returns its id. */
export async function createConfiguration(
  client: SdkClient,
  options: ConfigurationOptions = {},
): Promise<string> {
  const draft = {
    displayName: uniqueName(),
    description: 'for a test',
    conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
    memoryStoreId: options.memoryStoreId ?? (await createStore(client, uniqueName())),
    ...options,
  };
  // The SDK's classes ask for a constructor argument that its methods do not need.
  const accepted = await client.conversations.v2.configurations.create(draft as ConfigurationDraft);
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
