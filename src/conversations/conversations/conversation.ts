import { assertTargetsAllowed, dropCallbacks } from '../../callbacks/index.ts';
import { errors } from '../../errors/index.ts';
import type { Context } from '../../runtime/context.ts';
import {
  type ConversationRow,
  decodeJson,
  encodeJson,
  type Page,
  type PageRequest,
  type Reader,
  type Tx,
} from '../../storage/index.ts';
import {
  type ConfigurationSettings,
  getConfiguration,
  type StatusCallback,
} from '../configurations/index.ts';
import { type ConversationStatus, isMoveAllowed } from '../lifecycle.ts';
import { insertParticipants, listParticipantsOf, type Participant } from '../participants/index.ts';
import {
  type ConversationFilter,
  type ConversationRef,
  insertConversation,
  listConversationRows,
  updateConversationRow,
} from './conversation.store.ts';
import { type ConversationCreate, metadataMax } from './conversation.wire.ts';
import { emitConversation, emitParticipants } from './conversation-events.ts';
import {
  type ConversationContext,
  type ConversationState,
  lockConversation,
  moveConversation,
  refOf,
  settleParticipants,
  toState,
} from './conversation-state.ts';
import { draftParticipants } from './newcomers.ts';

/** One page of the account's conversations with their participants, newest first. */
export async function listConversations(
  reader: Reader,
  filter: ConversationFilter,
  page: PageRequest,
): Promise<Page<ConversationState>> {
  const rows = await listConversationRows(reader, filter, page);
  const ids = rows.items.map((row) => row.id);
  const participants = await listParticipantsOf(reader, filter.accountId, ids);
  const byConversation = Map.groupBy(participants, (participant) => participant.conversationId);
  return { ...rows, items: rows.items.map((row) => toState(row, byConversation.get(row.id) ?? [])) };
}

/**
 * Creates a conversation with its participants. When a live conversation of the configuration has the same parties under its
 * grouping: 409 with the id of that one.
 */
export async function createConversation(
  context: ConversationContext,
  accountId: string,
  draft: ConversationCreate,
): Promise<ConversationState> {
  assertSupported(draft);
  return context.db.transaction(async (tx) => {
    const configuration = await getConfiguration(tx, accountId, draft.configurationId);
    const settings = overrideSettings(configuration.settings, draft.configuration);
    const empty = newConversation(context, accountId, draft, settings);
    const participants = await draftParticipants(tx, context, empty, draft.participants ?? []);
    return openConversation(tx, context, empty, participants);
  });
}

/** Adds a new conversation with participants who are there from the start; 409 as in `createConversation`. */
export async function openConversation(
  tx: Tx,
  context: ConversationContext,
  empty: ConversationState,
  participants: readonly Participant[],
): Promise<ConversationState> {
  await insertConversation(tx, empty.row);
  await insertParticipants(tx, participants);
  const opened = await settleParticipants(tx, context, empty, participants, 'refuse');
  await emitConversation(tx, context, opened, 'CONVERSATION_CREATED');
  await emitParticipants(tx, context, opened, 'PARTICIPANT_ADDED', participants);
  return opened;
}

/** Members of the published API that this server does not have. */
function assertSupported({ action, configuration }: ConversationCreate): void {
  if (action != null) throw errors.invalid('action', 'is not supported when a conversation is created');
  if (configuration?.workflows != null) throw errors.invalid('configuration.workflows', 'is not supported');
}

function overrideSettings(
  settings: ConfigurationSettings,
  overrides: ConversationCreate['configuration'] = {},
): ConfigurationSettings {
  const { intelligenceConfigurationIds, traitExtractionStrategyIds, observationExtractionStrategyIds } =
    overrides;
  return {
    ...settings,
    ...(intelligenceConfigurationIds ? { intelligenceConfigurationIds } : {}),
    ...(traitExtractionStrategyIds ? { traitExtractionStrategyIds } : {}),
    ...(observationExtractionStrategyIds ? { observationExtractionStrategyIds } : {}),
  };
}

/** A conversation that nobody has stored yet, without participants. */
export function newConversation(
  { clock, ids }: Pick<Context, 'clock' | 'ids'>,
  accountId: string,
  draft: Pick<ConversationCreate, 'configurationId' | 'name' | 'metadata'>,
  settings: ConfigurationSettings,
): ConversationState {
  const now = clock.now();
  const row: ConversationRow = {
    account_id: accountId,
    id: ids.next('conversation'),
    configuration_id: draft.configurationId,
    configuration_json: encodeJson(settings),
    status: 'ACTIVE',
    name: draft.name ?? null,
    metadata_json: encodeJson(draft.metadata ?? {}),
    channel_activity_json: encodeJson({}),
    timers_from: now,
    extracted_through: null,
    created_at: now,
    updated_at: now,
  };
  return { row, configuration: settings, participants: [] };
}

/** What PUT and PATCH can change; what is left out stays. */
export interface ConversationChange {
  readonly status?: ConversationStatus;
  /** Null takes the name away. */
  readonly name?: string | null;
  readonly statusCallbacks?: readonly StatusCallback[];
  /** In place of what there is, or as a merge patch in which null takes a pair away. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly metadataPatch?: Readonly<Record<string, string | null>>;
}

/**
 * Changes a conversation. One that changes nothing is answered as it is, also when it is CLOSED. A new status or name is told
 * as CONVERSATION_UPDATED, metadata and callbacks alone are not. What waits for a callback that it loses is dropped.
 */
export async function changeConversation(
  context: ConversationContext & Pick<Context, 'limits'>,
  ref: ConversationRef,
  change: ConversationChange,
): Promise<ConversationState> {
  assertTargetsAllowed(context.limits, 'configuration.statusCallbacks', change.statusCallbacks ?? []);
  return context.db.transaction(async (tx) => {
    const state = await lockConversation(tx, context, ref);
    const { status = state.row.status } = change;
    if (!isMoveAllowed(state.row.status, status)) {
      throw errors.invalid('status', `a CLOSED conversation cannot become ${status}`);
    }
    const changed = await changeMembers(tx, context, state, change);
    if (status !== state.row.status) return moveConversation(tx, context, changed, status);
    if (changed.row.name !== state.row.name) {
      await emitConversation(tx, context, changed, 'CONVERSATION_UPDATED');
    }
    return changed;
  });
}

async function changeMembers(
  tx: Tx,
  { clock, jobs }: Pick<Context, 'clock' | 'jobs'>,
  state: ConversationState,
  change: ConversationChange,
): Promise<ConversationState> {
  const { row } = state;
  const changed = {
    ...row,
    name: change.name === undefined ? row.name : change.name,
    metadata_json: encodeJson(changeMetadata(row, change)),
    configuration_json: encodeJson({
      ...state.configuration,
      ...(change.statusCallbacks ? { statusCallbacks: change.statusCallbacks } : {}),
    }),
  };
  if (JSON.stringify(changed) === JSON.stringify(row)) return state;
  const stamped = { ...changed, updated_at: clock.now() };
  await updateConversationRow(tx, stamped);
  if (change.statusCallbacks) {
    await dropCallbacks(tx, { jobs }, refOf(row), { except: change.statusCallbacks });
  }
  return toState(stamped, state.participants);
}

function changeMetadata(
  row: ConversationRow,
  { metadata, metadataPatch }: ConversationChange,
): Record<string, string | null> {
  if (metadata) return metadata;
  const current = decodeJson<Record<string, string>>(row.metadata_json);
  const merged = Object.entries({ ...current, ...metadataPatch }).filter(([, value]) => value !== null);
  if (merged.length > metadataMax) {
    throw errors.invalid('metadata', `must hold at most ${metadataMax} entries`);
  }
  return Object.fromEntries(merged);
}
