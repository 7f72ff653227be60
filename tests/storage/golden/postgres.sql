create table action_messages (
  account_id text collate "C" not null,
  conversation_id text collate "C" not null,
  action_id text collate "C" not null,
  recipient bigint not null,
  state text collate "C" not null,
  message_sid text collate "C",
  error text collate "C",
  updated_at bigint not null,
  attempts bigint not null,
  delivery_status text collate "C"
);

alter table action_messages add constraint action_messages_key PRIMARY KEY (conversation_id, action_id, recipient);

CREATE INDEX action_messages_sid ON public.action_messages USING btree (account_id, message_sid) WHERE (message_sid IS NOT NULL);

create table actions (
  account_id text collate "C" not null,
  conversation_id text collate "C" not null,
  id text collate "C" not null,
  type text collate "C" not null,
  payload_json text collate "C" not null,
  status text collate "C" not null,
  communication_id text collate "C",
  failure_reason text collate "C",
  created_at bigint not null,
  updated_at bigint not null,
  completed_at bigint
);

alter table actions add constraint actions_key PRIMARY KEY (conversation_id, id);

CREATE INDEX actions_pending ON public.actions USING btree (conversation_id, id) WHERE (status = 'PENDING'::text);

create table api_keys (
  account_id text collate "C" not null,
  sid text collate "C" not null,
  name text collate "C" not null,
  salt text collate "C" not null,
  hash text collate "C" not null,
  created_at bigint not null,
  revoked_at bigint
);

alter table api_keys add constraint api_keys_key PRIMARY KEY (sid);

create table callback_deliveries (
  account_id text collate "C" not null,
  conversation_id text collate "C" not null,
  target text collate "C" not null,
  event_position bigint not null,
  id text collate "C" not null,
  url text collate "C" not null,
  method text collate "C" not null,
  state text collate "C" not null,
  attempts bigint not null,
  last_error text collate "C",
  created_at bigint not null,
  updated_at bigint not null
);

alter table callback_deliveries add constraint callback_deliveries_key PRIMARY KEY (conversation_id, target, event_position);

CREATE INDEX callback_deliveries_dead ON public.callback_deliveries USING btree (account_id, id) WHERE (state = 'dead'::text);

CREATE INDEX callback_deliveries_event ON public.callback_deliveries USING btree (account_id, event_position);

create table communications (
  account_id text collate "C" not null,
  conversation_id text collate "C" not null,
  id text collate "C" not null,
  author_json text collate "C" not null,
  content_json text collate "C" not null,
  recipients_json text collate "C" not null,
  channel_id text collate "C",
  resource_id text collate "C",
  occurred_at bigint not null,
  created_at bigint not null,
  updated_at bigint not null
);

alter table communications add constraint communications_key PRIMARY KEY (conversation_id, id);

CREATE INDEX communications_of_resource ON public.communications USING btree (account_id, resource_id) WHERE (resource_id IS NOT NULL);

CREATE UNIQUE INDEX communications_resource ON public.communications USING btree (conversation_id, resource_id) WHERE (resource_id IS NOT NULL);

create table configuration_stamps (
  account_id text collate "C" not null,
  stamp text collate "C" not null
);

alter table configuration_stamps add constraint configuration_stamps_key PRIMARY KEY (account_id);

create table configurations (
  account_id text collate "C" not null,
  id text collate "C" not null,
  display_name text collate "C" not null,
  settings_json text collate "C" not null,
  memory_store_id text collate "C" not null,
  bridge_service_id text collate "C",
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null
);

alter table configurations add constraint configurations_key PRIMARY KEY (account_id, id);

CREATE UNIQUE INDEX configurations_bridge ON public.configurations USING btree (account_id, bridge_service_id) WHERE (bridge_service_id IS NOT NULL);

CREATE UNIQUE INDEX configurations_name ON public.configurations USING btree (account_id, display_name);

CREATE INDEX configurations_store ON public.configurations USING btree (account_id, memory_store_id, id);

create table conversation_channel_ids (
  account_id text collate "C" not null,
  channel_id text collate "C" not null,
  conversation_id text collate "C" not null
);

alter table conversation_channel_ids add constraint conversation_channel_ids_key PRIMARY KEY (account_id, channel_id, conversation_id);

CREATE INDEX conversation_channel_ids_conversation ON public.conversation_channel_ids USING btree (conversation_id);

create table conversation_summaries (
  account_id text collate "C" not null,
  store_id text collate "C" not null,
  profile_id text collate "C" not null,
  id text collate "C" not null,
  conversation_id text collate "C" not null,
  content text collate "C" not null,
  source text collate "C",
  occurred_at bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  memory_version bigint not null
);

alter table conversation_summaries add constraint conversation_summaries_key PRIMARY KEY (profile_id, id);

CREATE INDEX conversation_summaries_conversation ON public.conversation_summaries USING btree (profile_id, conversation_id, created_at, id);

CREATE INDEX conversation_summaries_created ON public.conversation_summaries USING btree (profile_id, created_at, id);

CREATE INDEX conversation_summaries_version ON public.conversation_summaries USING btree (profile_id, memory_version);

create table conversations (
  account_id text collate "C" not null,
  id text collate "C" not null,
  configuration_id text collate "C" not null,
  configuration_json text collate "C" not null,
  status text collate "C" not null,
  name text collate "C",
  metadata_json text collate "C" not null,
  channel_activity_json text collate "C" not null,
  timers_from bigint not null,
  extracted_through text collate "C",
  created_at bigint not null,
  updated_at bigint not null
);

alter table conversations add constraint conversations_key PRIMARY KEY (account_id, id);

CREATE INDEX conversations_status ON public.conversations USING btree (account_id, status, id);

create table data_mappings (
  account_id text collate "C" not null,
  store_id text collate "C" not null,
  id text collate "C" not null,
  display_name text collate "C" not null,
  description text collate "C",
  is_enabled bigint not null,
  source_type text collate "C" not null,
  source_id text collate "C" not null,
  source_json text collate "C" not null,
  target_json text collate "C" not null,
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null
);

alter table data_mappings add constraint data_mappings_key PRIMARY KEY (store_id, id);

CREATE UNIQUE INDEX data_mappings_name ON public.data_mappings USING btree (store_id, display_name);

CREATE INDEX data_mappings_source ON public.data_mappings USING btree (store_id, source_id);

create table embedding_models (
  id text collate "C" not null,
  model text collate "C" not null
);

alter table embedding_models add constraint embedding_models_key PRIMARY KEY (id);

create table event_profiles (
  account_id text collate "C" not null,
  conversation_id text collate "C" not null,
  event_position bigint not null,
  profile_id text collate "C" not null
);

alter table event_profiles add constraint event_profiles_key PRIMARY KEY (conversation_id, event_position, profile_id);

CREATE INDEX event_profiles_by_profile ON public.event_profiles USING btree (account_id, profile_id);

create table events (
  "position" bigint not null,
  transaction_id bigint not null,
  account_id text collate "C" not null,
  conversation_id text collate "C" not null,
  id text collate "C" not null,
  type text collate "C" not null,
  body_json text collate "C" not null,
  request_id text collate "C",
  created_at bigint not null
);

alter table events add constraint events_pkey PRIMARY KEY (account_id, "position");

CREATE INDEX events_by_age ON public.events USING btree (created_at);

CREATE INDEX events_in_order ON public.events USING btree (account_id, transaction_id, "position");

CREATE INDEX events_of_conversation ON public.events USING btree (conversation_id, "position");

create table grouping_keys (
  account_id text collate "C" not null,
  configuration_id text collate "C" not null,
  grouping_key text collate "C" not null,
  conversation_id text collate "C" not null
);

alter table grouping_keys add constraint grouping_keys_key PRIMARY KEY (configuration_id, grouping_key, conversation_id);

CREATE INDEX grouping_keys_conversation ON public.grouping_keys USING btree (conversation_id);

create table identifier_grams (
  account_id text collate "C" not null,
  store_id text collate "C" not null,
  id_type text collate "C" not null,
  gram text collate "C" not null,
  value text collate "C" not null,
  profile_id text collate "C" not null
);

alter table identifier_grams add constraint identifier_grams_key PRIMARY KEY (store_id, id_type, gram, value, profile_id);

CREATE INDEX identifier_grams_profile ON public.identifier_grams USING btree (profile_id);

create table identity_settings (
  account_id text collate "C" not null,
  store_id text collate "C" not null,
  settings_json text collate "C" not null,
  version bigint not null
);

alter table identity_settings add constraint identity_settings_key PRIMARY KEY (store_id);

create table import_chunks (
  account_id text collate "C" not null,
  store_id text collate "C" not null,
  import_id text collate "C" not null,
  upload bigint not null,
  "position" bigint not null,
  bytes bytea not null
);

alter table import_chunks add constraint import_chunks_key PRIMARY KEY (store_id, import_id, upload, "position");

create table imports (
  account_id text collate "C" not null,
  store_id text collate "C" not null,
  id text collate "C" not null,
  filename text collate "C" not null,
  file_size bigint not null,
  mappings_json text collate "C" not null,
  status text collate "C" not null,
  upload_key_hash text collate "C" not null,
  upload bigint not null,
  uploaded_bytes bigint,
  expires_at bigint not null,
  rows_done bigint not null,
  bytes_done bigint not null,
  errors bigint not null,
  warnings bigint not null,
  failure text collate "C",
  created_at bigint not null,
  updated_at bigint not null
);

alter table imports add constraint imports_key PRIMARY KEY (store_id, id);

create table jobs (
  id text collate "C" not null,
  account_id text collate "C" not null,
  name text collate "C" not null,
  payload_json text collate "C" not null,
  state text collate "C" not null,
  due_at bigint not null,
  attempts bigint not null,
  lease_token text collate "C",
  lease_until bigint,
  dedupe_key text collate "C",
  last_error text collate "C",
  created_at bigint not null,
  lane text collate "C" not null,
  group_key text collate "C"
);

alter table jobs add constraint jobs_key PRIMARY KEY (id);

CREATE INDEX jobs_dead ON public.jobs USING btree (id) WHERE (state = 'dead'::text);

CREATE UNIQUE INDEX jobs_dedupe ON public.jobs USING btree (dedupe_key) WHERE ((dedupe_key IS NOT NULL) AND (state <> 'dead'::text));

CREATE INDEX jobs_due_in_lane ON public.jobs USING btree (lane, due_at, id) WHERE (state = 'ready'::text);

CREATE INDEX jobs_leased ON public.jobs USING btree (lease_until) WHERE (state = 'running'::text);

create table memory_vectors (
  account_id text collate "C" not null,
  profile_id text collate "C" not null,
  kind text collate "C" not null,
  memory_id text collate "C" not null,
  model text collate "C" not null,
  memory_version bigint not null,
  vector bytea not null
);

alter table memory_vectors add constraint memory_vectors_key PRIMARY KEY (profile_id, kind, memory_id);

CREATE INDEX memory_vectors_version ON public.memory_vectors USING btree (profile_id, memory_version);

create table memory_versions (
  account_id text collate "C" not null,
  profile_id text collate "C" not null,
  version bigint not null,
  rebuilt_at_version bigint not null
);

alter table memory_versions add constraint memory_versions_key PRIMARY KEY (profile_id);

create table model_usage (
  account_id text collate "C" not null,
  day text collate "C" not null,
  tokens bigint not null
);

alter table model_usage add constraint model_usage_key PRIMARY KEY (account_id, day);

create table observation_provenance (
  account_id text collate "C" not null,
  profile_id text collate "C" not null,
  observation_id text collate "C" not null,
  revision bigint not null,
  conversation_id text collate "C" not null,
  communication_ids_json text collate "C" not null,
  extractor text collate "C" not null,
  extractor_version text collate "C" not null,
  stands_in_for text collate "C",
  extracted_at bigint not null,
  stand_in_reason text collate "C"
);

alter table observation_provenance add constraint observation_provenance_key PRIMARY KEY (profile_id, observation_id, revision);

create table observation_revisions (
  account_id text collate "C" not null,
  profile_id text collate "C" not null,
  observation_id text collate "C" not null,
  revision bigint not null,
  content text collate "C" not null,
  source text collate "C" not null,
  occurred_at bigint not null,
  conversation_ids_json text collate "C" not null,
  created_at bigint not null,
  updated_at bigint not null
);

alter table observation_revisions add constraint observation_revisions_key PRIMARY KEY (profile_id, observation_id, revision);

create table observations (
  account_id text collate "C" not null,
  store_id text collate "C" not null,
  profile_id text collate "C" not null,
  id text collate "C" not null,
  content text collate "C" not null,
  source text collate "C" not null,
  occurred_at bigint not null,
  conversation_ids_json text collate "C" not null,
  created_at bigint not null,
  updated_at bigint not null,
  revision bigint not null,
  memory_version bigint not null
);

alter table observations add constraint observations_key PRIMARY KEY (profile_id, id);

CREATE INDEX observations_created ON public.observations USING btree (profile_id, created_at, id);

CREATE INDEX observations_version ON public.observations USING btree (profile_id, memory_version);

create table operations (
  account_id text collate "C" not null,
  id text collate "C" not null,
  api text collate "C" not null,
  kind text collate "C" not null,
  status text collate "C" not null,
  created_at bigint not null,
  completed_at bigint,
  result_id text collate "C",
  result_path text collate "C",
  related_json text collate "C" not null,
  error_json text collate "C",
  idempotency_key text collate "C",
  fingerprint text collate "C"
);

alter table operations add constraint operations_key PRIMARY KEY (account_id, id);

CREATE UNIQUE INDEX operations_idempotency ON public.operations USING btree (account_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

create table outbox_messages (
  account_id text collate "C" not null,
  id text collate "C" not null,
  conversation_id text collate "C" not null,
  action_id text collate "C" not null,
  message_json text collate "C" not null,
  created_at bigint not null
);

alter table outbox_messages add constraint outbox_messages_key PRIMARY KEY (account_id, id);

CREATE INDEX outbox_messages_conversation ON public.outbox_messages USING btree (conversation_id, id);

create table owned_addresses (
  account_id text collate "C" not null,
  bare_address text collate "C" not null,
  address text collate "C" not null,
  created_at bigint not null
);

alter table owned_addresses add constraint owned_addresses_key PRIMARY KEY (account_id, bare_address);

create table participant_addresses (
  account_id text collate "C" not null,
  conversation_id text collate "C" not null,
  participant_id text collate "C" not null,
  "position" bigint not null,
  channel text collate "C" not null,
  address text collate "C" not null,
  channel_id text collate "C"
);

alter table participant_addresses add constraint participant_addresses_key PRIMARY KEY (conversation_id, participant_id, "position");

create table participants (
  account_id text collate "C" not null,
  conversation_id text collate "C" not null,
  id text collate "C" not null,
  name text collate "C" not null,
  type text collate "C" not null,
  profile_id text collate "C",
  created_at bigint not null,
  updated_at bigint not null
);

alter table participants add constraint participants_key PRIMARY KEY (conversation_id, id);

CREATE INDEX participants_profile ON public.participants USING btree (profile_id) WHERE (profile_id IS NOT NULL);

create table profile_events (
  account_id text collate "C" not null,
  store_id text collate "C" not null,
  profile_id text collate "C" not null,
  id text collate "C" not null,
  type text collate "C" not null,
  event_json text collate "C" not null,
  occurred_at bigint not null,
  created_at bigint not null
);

alter table profile_events add constraint profile_events_key PRIMARY KEY (profile_id, id);

create table profile_identifiers (
  account_id text collate "C" not null,
  store_id text collate "C" not null,
  profile_id text collate "C" not null,
  id_type text collate "C" not null,
  value text collate "C" not null,
  added_at bigint not null,
  "position" bigint not null,
  exclusive bigint not null
);

alter table profile_identifiers add constraint profile_identifiers_key PRIMARY KEY (profile_id, id_type, value);

CREATE UNIQUE INDEX profile_identifiers_owner ON public.profile_identifiers USING btree (store_id, id_type, value) WHERE (exclusive = 1);

CREATE INDEX profile_identifiers_value ON public.profile_identifiers USING btree (store_id, id_type, value, profile_id);

create table profile_merges (
  account_id text collate "C" not null,
  store_id text collate "C" not null,
  holder_id text collate "C" not null,
  id text collate "C" not null,
  survivor_id text collate "C" not null,
  merged_id text collate "C" not null,
  reason_json text collate "C" not null,
  moved_json text collate "C" not null,
  merged_at bigint not null,
  undone_at bigint
);

alter table profile_merges add constraint profile_merges_key PRIMARY KEY (id);

CREATE INDEX profile_merges_holder ON public.profile_merges USING btree (holder_id, id);

create table profile_traits (
  account_id text collate "C" not null,
  store_id text collate "C" not null,
  profile_id text collate "C" not null,
  trait_group text collate "C" not null,
  name text collate "C" not null,
  value_json text collate "C" not null,
  updated_at bigint not null
);

alter table profile_traits add constraint profile_traits_key PRIMARY KEY (profile_id, trait_group, name);

CREATE INDEX profile_traits_group ON public.profile_traits USING btree (store_id, trait_group, name);

create table profiles (
  account_id text collate "C" not null,
  store_id text collate "C" not null,
  id text collate "C" not null,
  created_at bigint not null,
  merged_into text collate "C"
);

alter table profiles add constraint profiles_key PRIMARY KEY (store_id, id);

CREATE INDEX profiles_merged ON public.profiles USING btree (store_id, merged_into) WHERE (merged_into IS NOT NULL);

create table signing_tokens (
  account_id text collate "C" not null,
  token text collate "C" not null,
  created_at bigint not null
);

alter table signing_tokens add constraint signing_tokens_key PRIMARY KEY (account_id);

create table stores (
  account_id text collate "C" not null,
  id text collate "C" not null,
  display_name text collate "C" not null,
  description text collate "C",
  status text collate "C" not null,
  intelligence_service_id text collate "C",
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint
);

alter table stores add constraint stores_key PRIMARY KEY (account_id, id);

CREATE UNIQUE INDEX stores_live_name ON public.stores USING btree (account_id, display_name) WHERE (deleted_at IS NULL);

create table trait_groups (
  account_id text collate "C" not null,
  store_id text collate "C" not null,
  name text collate "C" not null,
  description text collate "C",
  traits_json text collate "C" not null,
  version bigint not null,
  created_at bigint not null
);

alter table trait_groups add constraint trait_groups_key PRIMARY KEY (store_id, name);
