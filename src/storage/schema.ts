import type { Generated, Selectable } from 'kysely';

/**
 * Row types of every table. Times are milliseconds since the epoch, booleans are 0 or 1, and members named `*_json` hold
 * JSON text, the same on SQLite and PostgreSQL. Every tenant table carries its account; the keys of tables that grow with
 * traffic start with the profile or the conversation, so that no request ever scans a store.
 */
export interface Schema {
  api_keys: ApiKeyRow;
  jobs: JobRow;
  operations: OperationRow;
  stores: StoreRow;
  identity_settings: IdentitySettingsRow;
  trait_groups: TraitGroupRow;
  profiles: ProfileRow;
  profile_events: ProfileEventRow;
  profile_merges: ProfileMergeRow;
  profile_traits: ProfileTraitRow;
  profile_identifiers: ProfileIdentifierRow;
  imports: ImportRow;
  import_chunks: ImportChunkRow;
  data_mappings: DataMappingRow;
  identifier_grams: IdentifierGramRow;
  observations: ObservationRow;
  observation_revisions: ObservationRevisionRow;
  observation_provenance: ObservationProvenanceRow;
  conversation_summaries: ConversationSummaryRow;
  memory_versions: MemoryVersionRow;
  memory_vectors: MemoryVectorRow;
  embedding_models: EmbeddingModelRow;
  model_usage: ModelUsageRow;
  configurations: ConfigurationRow;
  configuration_stamps: ConfigurationStampRow;
  conversations: ConversationRow;
  grouping_keys: GroupingKeyRow;
  conversation_channel_ids: ConversationChannelIdRow;
  participants: ParticipantRow;
  participant_addresses: ParticipantAddressRow;
  communications: CommunicationRow;
  events: EventTable;
  event_profiles: EventProfileRow;
  callback_deliveries: CallbackDeliveryRow;
  signing_tokens: SigningTokenRow;
  owned_addresses: OwnedAddressRow;
  actions: ActionRow;
  action_messages: ActionMessageRow;
  outbox_messages: OutboxMessageRow;
}

/** An API key of an account. The secret is kept only as a salted hash. */
export interface ApiKeyRow {
  account_id: string;
  sid: string;
  name: string;
  salt: string;
  hash: string;
  created_at: number;
  revoked_at: number | null;
}

/** A job waiting, running under a lease, or dead after its last attempt. */
export interface JobRow {
  id: string;
  account_id: string;
  name: string;
  payload_json: string;
  state: 'ready' | 'running' | 'dead';
  due_at: number;
  /** How often it was started. */
  attempts: number;
  lease_token: string | null;
  /** Wall-clock time at which a running job counts as lost. */
  lease_until: number | null;
  dedupe_key: string | null;
  last_error: string | null;
  created_at: number;
  /** Jobs of one lane share its workers, so that slow jobs of one kind hold up no other kind. */
  lane: string;
  /** Within the lane only so many jobs of one group run at once. Both have defaults in the database. */
  group_key: string | null;
}

/** What a client polls after a 202 of the control plane of either API. */
export interface OperationRow {
  account_id: string;
  id: string;
  api: 'memory' | 'conversations';
  kind: string;
  status: 'PENDING' | 'RUNNING' | 'CANCELLED' | 'COMPLETED' | 'FAILED';
  created_at: number;
  completed_at: number | null;
  /** Id of the resource that results; callers see it once COMPLETED. */
  result_id: string | null;
  /** Path of that resource below the public origin; null when there is none (a deletion). */
  result_path: string | null;
  /** `{name: id}` of the resources the operation is about. */
  related_json: string;
  /** The problem, when FAILED. */
  error_json: string | null;
  idempotency_key: string | null;
  /** Digest of method, path and body under which the idempotency key was first used. */
  fingerprint: string | null;
}

export interface StoreRow {
  account_id: string;
  id: string;
  display_name: string;
  description: string | null;
  status: 'QUEUED' | 'PROVISIONING' | 'ACTIVE' | 'FAILED';
  intelligence_service_id: string | null;
  version: number;
  created_at: number;
  updated_at: number;
  /** Set from its deletion until a job has erased what was in it; nobody sees the store meanwhile. */
  deleted_at: number | null;
}

/** Identifier types and matching rules of a store. */
export interface IdentitySettingsRow {
  account_id: string;
  store_id: string;
  settings_json: string;
  version: number;
}

/** A trait group and its definitions, by trait name. */
export interface TraitGroupRow {
  account_id: string;
  store_id: string;
  name: string;
  description: string | null;
  traits_json: string;
  version: number;
  created_at: number;
}

/** A customer. A merged profile stays as a row that points straight at the survivor. */
export interface ProfileRow {
  account_id: string;
  store_id: string;
  id: string;
  created_at: number;
  merged_into: string | null;
}

/** A communication event that a caller put on a profile. */
export interface ProfileEventRow {
  account_id: string;
  store_id: string;
  profile_id: string;
  id: string;
  type: string;
  event_json: string;
  occurred_at: number;
  created_at: number;
}

/** A merge of one profile into another, with what it takes to undo it. */
export interface ProfileMergeRow {
  account_id: string;
  store_id: string;
  /** The profile that has what was merged now: the survivor, or whichever that one was merged into since. */
  holder_id: string;
  id: string;
  survivor_id: string;
  merged_id: string;
  /** Which rules matched, and by which values. */
  reason_json: string;
  /** What moved, and what it displaced. */
  moved_json: string;
  merged_at: number;
  undone_at: number | null;
}

export interface ProfileTraitRow {
  account_id: string;
  store_id: string;
  profile_id: string;
  trait_group: string;
  name: string;
  value_json: string;
  updated_at: number;
}

/** A normalised identifier value, past or present, of a profile. */
export interface ProfileIdentifierRow {
  account_id: string;
  store_id: string;
  profile_id: string;
  id_type: string;
  value: string;
  /** Orders the values of a type: time of the write that added it, then the order within that write. */
  added_at: number;
  position: number;
  /** 1 when the type allows one owner per value; a unique index then holds the database to it. */
  exclusive: 0 | 1;
}

/** A three-letter piece of an identifier value whose type is matched fuzzily; finds values that are alike. */
export interface IdentifierGramRow {
  account_id: string;
  store_id: string;
  id_type: string;
  gram: string;
  value: string;
  profile_id: string;
}

/** A CSV import. Its rows are in `import_chunks` from the upload until they are done. */
export interface ImportRow {
  account_id: string;
  store_id: string;
  id: string;
  filename: string;
  /** Bytes that the upload may have. */
  file_size: number;
  mappings_json: string;
  status: 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED';
  /** SHA-256 of the key in the upload URL. */
  upload_key_hash: string;
  /** Number of the latest upload that was begun, from 1; chunks of earlier ones count for nothing. */
  upload: number;
  /** Null until an upload is complete; from then on the URL is used up. */
  uploaded_bytes: number | null;
  /** When the URL stops working. */
  expires_at: number;
  rows_done: number;
  /** Where in the file the next row begins; 0 before the header was read. */
  bytes_done: number;
  errors: number;
  warnings: number;
  /** Why it FAILED; never holds what stood in a row. */
  failure: string | null;
  created_at: number;
  updated_at: number;
}

/** A piece of an uploaded file; all but the last are of one size. */
export interface ImportChunkRow {
  account_id: string;
  store_id: string;
  import_id: string;
  upload: number;
  position: number;
  bytes: Uint8Array;
}

/** How the columns of an outside source become traits. */
export interface DataMappingRow {
  account_id: string;
  store_id: string;
  id: string;
  display_name: string;
  description: string | null;
  is_enabled: 0 | 1;
  source_type: 'DATASET' | 'INGRESS' | 'DATASET_CLOUDAPP' | 'DATASET_WAREHOUSE';
  /** The dataset whose rows it takes; for INGRESS the mapping's own id. */
  source_id: string;
  /** `mappingFrom` as in the API. */
  source_json: string;
  /** `mappingTo` as in the API. */
  target_json: string;
  version: number;
  created_at: number;
  updated_at: number;
}

export interface ObservationRow {
  account_id: string;
  store_id: string;
  profile_id: string;
  id: string;
  content: string;
  source: string;
  occurred_at: number;
  conversation_ids_json: string;
  created_at: number;
  updated_at: number;
  /** Number of the current state, from 1. */
  revision: number;
  /** Version of the profile's memories at its last write. */
  memory_version: number;
}

/** A past state of an observation; the current one is in `observations` only. */
export interface ObservationRevisionRow {
  account_id: string;
  profile_id: string;
  observation_id: string;
  revision: number;
  content: string;
  source: string;
  occurred_at: number;
  conversation_ids_json: string;
  created_at: number;
  updated_at: number;
}

/** What of a conversation led to a state of an observation, and who read it there. */
export interface ObservationProvenanceRow {
  account_id: string;
  profile_id: string;
  observation_id: string;
  /** Of the state that it led to. */
  revision: number;
  conversation_id: string;
  communication_ids_json: string;
  extractor: string;
  extractor_version: string;
  /** The extractor that was to read the conversation and could not. */
  stands_in_for: string | null;
  /** Why it could not; null for the earliest and where nobody stood in. */
  stand_in_reason: string | null;
  extracted_at: number;
}

/** Tokens that models took for an account on a day. */
export interface ModelUsageRow {
  account_id: string;
  /** `YYYY-MM-DD` in UTC. */
  day: string;
  tokens: number;
}

export interface ConversationSummaryRow {
  account_id: string;
  store_id: string;
  profile_id: string;
  id: string;
  conversation_id: string;
  content: string;
  source: string | null;
  occurred_at: number;
  created_at: number;
  updated_at: number;
  /** Version of the profile's memories at its last write. */
  memory_version: number;
}

export type MemoryKind = 'observation' | 'summary';

/** How often a profile's memories were written; no row before the first time. */
export interface MemoryVersionRow {
  account_id: string;
  profile_id: string;
  version: number;
  /** The last version that did more than add or change memories: whoever knows an older one reads all of them anew. */
  rebuilt_at_version: number;
}

/** What a memory means, as a point of the model's space. */
export interface MemoryVectorRow {
  account_id: string;
  profile_id: string;
  kind: MemoryKind;
  memory_id: string;
  model: string;
  /** Version of the profile's memories when it was written. Below that of its memory it is of an earlier text. */
  memory_version: number;
  /** 32-bit floats, little-endian, of length 1. */
  vector: Uint8Array;
  /** The same as pgvector has it; null for a vector that is too long. Only where the database has the extension. */
  embedding?: string | null;
  /** The `memory_version` that `embedding` belongs to: a process that does not know the column leaves the two apart. */
  embedding_version?: number | null;
}

/** One row: the model for which every profile's vectors were asked for. */
export interface EmbeddingModelRow {
  id: string;
  model: string;
}

export interface ConfigurationRow {
  account_id: string;
  id: string;
  display_name: string;
  /** Everything a caller can set, as in the API. */
  settings_json: string;
  memory_store_id: string;
  bridge_service_id: string | null;
  version: number;
  created_at: number;
  updated_at: number;
}

/** Says whether any configuration of the account was written since the last look: the stamp is another one then. */
export interface ConfigurationStampRow {
  account_id: string;
  stamp: string;
}

export interface ConversationRow {
  account_id: string;
  id: string;
  configuration_id: string;
  /** The configuration as it was when the conversation was created. */
  configuration_json: string;
  status: 'ACTIVE' | 'INACTIVE' | 'CLOSED';
  name: string | null;
  metadata_json: string;
  /** `{channel: time}` of the last communication on each channel. */
  channel_activity_json: string;
  /** No timer counts from before this: the creation, the first participant, or the last time it was made ACTIVE again. */
  timers_from: number;
  /** Id of the last communication that extraction has taken in. */
  extracted_through: string | null;
  created_at: number;
  updated_at: number;
}

/** Grouping keys of the live conversations of a configuration; the newest conversation of a key is the one to be found. */
export interface GroupingKeyRow {
  account_id: string;
  configuration_id: string;
  grouping_key: string;
  conversation_id: string;
}

/** Channel resources (call, message and chat SIDs) seen in a conversation; serves the list filter. */
export interface ConversationChannelIdRow {
  account_id: string;
  channel_id: string;
  conversation_id: string;
}

export interface ParticipantRow {
  account_id: string;
  conversation_id: string;
  id: string;
  /** Empty while nobody has given one; the first address is then answered in its place. */
  name: string;
  type: 'HUMAN_AGENT' | 'CUSTOMER' | 'AI_AGENT' | 'AGENT' | 'UNKNOWN';
  profile_id: string | null;
  created_at: number;
  updated_at: number;
}

export interface ParticipantAddressRow {
  account_id: string;
  conversation_id: string;
  participant_id: string;
  position: number;
  channel: string;
  address: string;
  channel_id: string | null;
}

export interface CommunicationRow {
  account_id: string;
  conversation_id: string;
  id: string;
  author_json: string;
  content_json: string;
  recipients_json: string;
  channel_id: string | null;
  resource_id: string | null;
  occurred_at: number;
  created_at: number;
  updated_at: number;
}

/**
 * What happened in a conversation, as status callbacks and the event stream tell it. `position` numbers the rows;
 * everything with a `transaction_id` below `Database.horizon` is there to stay, and no more rows can come before it.
 */
export interface EventTable {
  position: Generated<number>;
  transaction_id: Generated<number>;
  account_id: string;
  conversation_id: string;
  id: string;
  type:
    | 'CONVERSATION_CREATED'
    | 'CONVERSATION_UPDATED'
    | 'PARTICIPANT_ADDED'
    | 'PARTICIPANT_UPDATED'
    | 'PARTICIPANT_REMOVED'
    | 'COMMUNICATION_CREATED'
    | 'COMMUNICATION_UPDATED';
  /** `{eventType, timestamp, data}` as it goes out. */
  body_json: string;
  /** Id of the API request that caused it; null for what timers and jobs did. */
  request_id: string | null;
  created_at: number;
}
export type EventRow = Selectable<EventTable>;

/** A profile that the body of an event names, so that erasure finds it there. */
export interface EventProfileRow {
  account_id: string;
  conversation_id: string;
  event_position: number;
  profile_id: string;
}

/** An event on its way to one callback URL. Those of one conversation and target go out in the order of their events. */
export interface CallbackDeliveryRow {
  account_id: string;
  conversation_id: string;
  /** Digest of method and URL. */
  target: string;
  event_position: number;
  /** Goes out as the idempotency token, the same on every attempt. */
  id: string;
  url: string;
  method: string;
  state: 'waiting' | 'dead';
  attempts: number;
  last_error: string | null;
  created_at: number;
  updated_at: number;
}

/** The secret that signs callbacks of an account and checks what is posted for it; the root account has its auth token. */
export interface SigningTokenRow {
  account_id: string;
  token: string;
  created_at: number;
}

/** A number or sender that the account itself uses; `bare_address` is the form in which addresses are compared. */
export interface OwnedAddressRow {
  account_id: string;
  bare_address: string;
  address: string;
  created_at: number;
}

/** Something to be done in a conversation on a caller's behalf: a message to be sent. */
export interface ActionRow {
  account_id: string;
  conversation_id: string;
  id: string;
  /** As the caller wrote it. */
  type: string;
  payload_json: string;
  status: 'PENDING' | 'COMPLETED' | 'FAILED';
  communication_id: string | null;
  failure_reason: string | null;
  created_at: number;
  updated_at: number;
  completed_at: number | null;
}

/**
 * A message that an action sends: by position one to each of its recipients, or a single one to all of them where they share
 * a channel resource, as in chat.
 */
export interface ActionMessageRow {
  account_id: string;
  conversation_id: string;
  action_id: string;
  recipient: number;
  /** `sending` is written before the sender is called, so that a crash leaves a trace of the attempt. */
  state: 'waiting' | 'sending' | 'sent' | 'failed';
  message_sid: string | null;
  error: string | null;
  updated_at: number;
  /** How often the sender was called for it. */
  attempts: number;
  /** What the sender or a receipt said of its delivery. */
  delivery_status: string | null;
}

/** A message in the local outbox, where messages go when no sender is configured. */
export interface OutboxMessageRow {
  account_id: string;
  id: string;
  conversation_id: string;
  action_id: string;
  message_json: string;
  created_at: number;
}
