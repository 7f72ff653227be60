import { recordObservations } from '../../src/memory/index.ts';
import { testAccount } from '../../src/testing/index.ts';
import { inventTurn, seededChance } from './invented-dialogue.ts';
import { type FilledProfile, fillWithTurns } from './memory-filling.ts';
import { type CopyRules, copyRows, digits, type TemplateRows } from './row-copies.ts';
import type { BenchServer } from './server.ts';
import type { StorageConnection } from './storage-connection.ts';
import { createStore } from './store.ts';

/** Observations of each profile but one. */
export const observationsOfProfile = 10;
/** Observations of that one, the most that a profile may have. */
export const observationsOfLarge = 10_000;
/** One conversation for so many profiles waits for its timers. */
const profilesPerConversation = 10;
/** Extraction makes two of a conversation. */
const observationsPerConversation = 2;
const inactiveMinutes = 24 * 60;
/** Between one timer and the next. */
const dueEveryMs = 10;

/** A store that was made through the API: a profile and a conversation to be copied, and a profile that is large. */
export interface GrowingStore {
  readonly storeId: string;
  readonly largeId: string;
  readonly conversationId: string;
  readonly template: Template;
}

/** A profile with the ids of what it remembers. */
interface Template {
  readonly profileId: string;
  readonly observationIds: readonly string[];
  /** Of the conversations that the observations come from. */
  readonly sourceIds: readonly string[];
}

export async function createGrowingStore(server: BenchServer): Promise<GrowingStore> {
  const storeId = await createStore(server, 'growth');
  const createProfile = async (number: number) => {
    const path = `/v1/Stores/${storeId}/Profiles`;
    return (await server.call<{ id: string }>('POST', path, { traits: traitsOf(number) })).id;
  };
  const [templateId, largeId] = [await createProfile(0), await createProfile(largeNumber)];
  const owner = { accountId: testAccount.sid, storeId };
  const template = await rememberConversations(server, { ...owner, profileId: templateId });
  const { context } = server.running;
  await fillWithTurns(
    context,
    { ...owner, profileId: largeId },
    { count: observationsOfLarge, chance: seededChance(2) },
  );
  const conversationId = await createWaitingConversation(server, storeId);
  await server.call('POST', '/rapport/v1/idle');
  return { storeId, template, largeId, conversationId };
}

const largeNumber = 9_999_999;
const phoneDigits = 7;

/** A profile's traits, two of which identify it. The area code 555 belongs to nobody. */
export function traitsOf(number: number) {
  return {
    Contact: {
      phone: phoneOf(number),
      email: emailOf(number),
      firstName: 'Robin',
      lastName: 'Example',
    },
  };
}

export function phoneOf(number: number): string {
  return `+1555${String(number).padStart(phoneDigits, '0')}`;
}

function emailOf(number: number): string {
  return `customer.${number}@example.com`;
}

/** What of the template's traits is different in each copy. */
const traitNames = [
  [phoneOf(0), `'+1555' || ${digits('n', phoneDigits)}`],
  [emailOf(0), `'customer.' || cast(n as text) || '@example.com'`],
] as const;

/** Ten observations as extraction writes them, with where they come from. */
async function rememberConversations({ running }: BenchServer, profile: FilledProfile): Promise<Template> {
  const { context } = running;
  const chance = seededChance(1);
  const observationIds: string[] = [];
  const sourceIds: string[] = [];
  while (observationIds.length < observationsOfProfile) {
    const conversationId = context.ids.next('conversation');
    const drafts = Array.from({ length: observationsPerConversation }, (_, at) => ({
      content: inventTurn(chance, at),
      source: 'conversation-extraction',
      occurredAt: context.clock.now(),
      conversationIds: [conversationId],
      evidence: {
        conversationId,
        communicationIds: [context.ids.next('communication')],
        extractor: { name: 'offline', version: '1' },
      },
    }));
    const ids = await context.db.transaction((tx) => recordObservations(tx, context, profile, drafts));
    observationIds.push(...ids);
    sourceIds.push(conversationId);
  }
  return { profileId: profile.profileId, observationIds, sourceIds };
}

async function createWaitingConversation(server: BenchServer, memoryStoreId: string): Promise<string> {
  const { related } = await server.call<{ related: { configurationId: string } }>(
    'POST',
    '/v2/ControlPlane/Configurations',
    {
      displayName: 'growth',
      conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES',
      memoryStoreId,
      channelSettings: { SMS: { statusTimeouts: { inactive: inactiveMinutes, closed: 60_000 } } },
    },
  );
  const [author, recipient] = [phoneOf(0), '+12025550100'].map((address) => ({ channel: 'SMS', address }));
  const { id } = await server.call<{ id: string }>('POST', '/v2/Conversations', {
    configurationId: related.configurationId,
    participants: [author, recipient].map((address) => ({ type: 'AGENT', addresses: [address] })),
  });
  await server.call('POST', `/v2/Conversations/${id}/Communications`, {
    author,
    recipients: [recipient],
    content: { type: 'TEXT', text: 'Is anybody there?' },
  });
  return id;
}

/** Characters of an id after its prefix, of which these come before the number of a copy. */
const idStart = '01jd0000000000';
const idDigits = 12;

/** A copy's id of a kind; the number is not negative. */
const idOf = (prefix: string, number: string) => `'${prefix}_${idStart}' || ${digits(number, idDigits)}`;

/** The profile that is copy `number` of the template. */
export function copiedProfileId(number: number): string {
  return `mem_profile_${idStart}${String(number).padStart(idDigits, '0')}`;
}

/** Fills the store up to so many profiles with all rows that each of them would have. */
export async function growStore(
  storage: StorageConnection,
  store: GrowingStore,
  profiles: number,
): Promise<void> {
  const { template } = store;
  await copyRows(storage, await profileRows(storage, template.profileId), profileRules(template), profiles);
  const conversations = profiles / profilesPerConversation;
  await copyRows(storage, conversationRows(store), await conversationRules(storage, store), conversations);
  await storage.settle();
}

async function profileRows(storage: StorageConnection, profileId: string): Promise<TemplateRows[]> {
  const tables = await storage.tablesWith('profile_id');
  return [
    { table: 'profiles', where: `id = '${profileId}'` },
    ...tables.map((table) => ({ table, where: `profile_id = '${profileId}'` })),
  ];
}

function profileRules({ profileId, observationIds, sourceIds }: Template): CopyRules {
  const numbered = (prefix: string, ids: readonly string[]) =>
    ids.map((id, at) => [id, idOf(prefix, `(n * ${ids.length} + ${at})`)] as const);
  return {
    names: new Map([
      [profileId, idOf('mem_profile', 'n')],
      ...numbered('mem_observation', observationIds),
      ...numbered('conv_conversation', sourceIds),
      ...traitNames,
    ]),
  };
}

function conversationRows({ conversationId }: GrowingStore): TemplateRows[] {
  const tables = ['participants', 'participant_addresses', 'grouping_keys', 'communications'];
  return [
    { table: 'conversations', where: `id = '${conversationId}'` },
    ...tables.map((table) => ({ table, where: `conversation_id = '${conversationId}'` })),
    { table: 'jobs', where: jobOf(conversationId) },
  ];
}

const jobOf = (conversationId: string) => `dedupe_key = 'conversation-timer:${conversationId}'`;

async function conversationRules(
  storage: StorageConnection,
  { conversationId }: GrowingStore,
): Promise<CopyRules> {
  const jobs = await storage.rows<{ id: string }>(`select id from jobs where ${jobOf(conversationId)}`);
  const communications = await storage.rows<{ id: string }>(
    `select id from communications where conversation_id = '${conversationId}'`,
  );
  return {
    names: new Map([
      // The conversations that observations come from have names below these.
      [conversationId, `'conv_conversation_01je0000000000' || ${digits('n', idDigits)}`],
      ...communications.map(({ id }) => [id, idOf('conv_communication', 'n')] as const),
      ...jobs.map(({ id }) => [id, idOf('rapport_job', 'n')] as const),
      ...traitNames,
    ]),
    columns: { due_at: (value) => `${String(value)} + n * ${dueEveryMs}` },
  };
}
