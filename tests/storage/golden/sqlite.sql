CREATE TABLE "action_messages" (
  "account_id" text not null,
  "conversation_id" text not null,
  "action_id" text not null,
  "recipient" integer not null,
  "state" text not null,
  "message_sid" text,
  "error" text,
  "updated_at" integer not null, attempts integer not null default 0, delivery_status text,
  constraint "action_messages_key" primary key ("conversation_id", "action_id", "recipient")) without rowid;

CREATE INDEX "action_messages_sid" on "action_messages" ("account_id", "message_sid") where message_sid is not null;

CREATE TABLE "actions" (
  "account_id" text not null,
  "conversation_id" text not null,
  "id" text not null,
  "type" text not null,
  "payload_json" text not null,
  "status" text not null,
  "communication_id" text,
  "failure_reason" text,
  "created_at" integer not null,
  "updated_at" integer not null,
  "completed_at" integer,
  constraint "actions_key" primary key ("conversation_id", "id")) without rowid;

CREATE INDEX "actions_pending" on "actions" ("conversation_id", "id") where status = 'PENDING';

CREATE TABLE "api_keys" (
  "account_id" text not null,
  "sid" text not null,
  "name" text not null,
  "salt" text not null,
  "hash" text not null,
  "created_at" integer not null,
  "revoked_at" integer,
  constraint "api_keys_key" primary key ("sid")) without rowid;

CREATE TABLE "callback_deliveries" (
  "account_id" text not null,
  "conversation_id" text not null,
  "target" text not null,
  "event_position" integer not null,
  "id" text not null,
  "url" text not null,
  "method" text not null,
  "state" text not null,
  "attempts" integer not null,
  "last_error" text,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "callback_deliveries_key" primary key ("conversation_id", "target", "event_position")) without rowid;

CREATE INDEX "callback_deliveries_dead" on "callback_deliveries" ("account_id", "id") where state = 'dead';

CREATE INDEX "callback_deliveries_event" on "callback_deliveries" ("account_id", "event_position");

CREATE TABLE "communications" (
  "account_id" text not null,
  "conversation_id" text not null,
  "id" text not null,
  "author_json" text not null,
  "content_json" text not null,
  "recipients_json" text not null,
  "channel_id" text,
  "resource_id" text,
  "occurred_at" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "communications_key" primary key ("conversation_id", "id")) without rowid;

CREATE INDEX "communications_of_resource" on "communications" ("account_id", "resource_id") where resource_id is not null;

CREATE UNIQUE INDEX "communications_resource" on "communications" ("conversation_id", "resource_id") where resource_id is not null;

CREATE TABLE "configuration_stamps" (
  "account_id" text not null,
  "stamp" text not null,
  constraint "configuration_stamps_key" primary key ("account_id")) without rowid;

CREATE TABLE "configurations" (
  "account_id" text not null,
  "id" text not null,
  "display_name" text not null,
  "settings_json" text not null,
  "memory_store_id" text not null,
  "bridge_service_id" text,
  "version" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "configurations_key" primary key ("account_id", "id")) without rowid;

CREATE UNIQUE INDEX "configurations_bridge" on "configurations" ("account_id", "bridge_service_id") where bridge_service_id is not null;

CREATE UNIQUE INDEX "configurations_name" on "configurations" ("account_id", "display_name");

CREATE INDEX "configurations_store" on "configurations" ("account_id", "memory_store_id", "id");

CREATE TABLE "conversation_channel_ids" (
  "account_id" text not null,
  "channel_id" text not null,
  "conversation_id" text not null,
  constraint "conversation_channel_ids_key" primary key ("account_id", "channel_id", "conversation_id")) without rowid;

CREATE INDEX "conversation_channel_ids_conversation" on "conversation_channel_ids" ("conversation_id");

CREATE TABLE "conversation_summaries" (
  "account_id" text not null,
  "store_id" text not null,
  "profile_id" text not null,
  "id" text not null,
  "conversation_id" text not null,
  "content" text not null,
  "source" text,
  "occurred_at" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null, memory_version integer not null default 0,
  constraint "conversation_summaries_key" primary key ("profile_id", "id")) without rowid;

CREATE INDEX "conversation_summaries_conversation" on "conversation_summaries" ("profile_id", "conversation_id", "created_at", "id");

CREATE INDEX "conversation_summaries_created" on "conversation_summaries" ("profile_id", "created_at", "id");

CREATE INDEX "conversation_summaries_version" on "conversation_summaries" ("profile_id", "memory_version");

CREATE TABLE "conversations" (
  "account_id" text not null,
  "id" text not null,
  "configuration_id" text not null,
  "configuration_json" text not null,
  "status" text not null,
  "name" text,
  "metadata_json" text not null,
  "channel_activity_json" text not null,
  "timers_from" integer not null,
  "extracted_through" text,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "conversations_key" primary key ("account_id", "id")) without rowid;

CREATE INDEX "conversations_status" on "conversations" ("account_id", "status", "id");

CREATE TABLE "data_mappings" (
  "account_id" text not null,
  "store_id" text not null,
  "id" text not null,
  "display_name" text not null,
  "description" text,
  "is_enabled" integer not null,
  "source_type" text not null,
  "source_id" text not null,
  "source_json" text not null,
  "target_json" text not null,
  "version" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "data_mappings_key" primary key ("store_id", "id")) without rowid;

CREATE UNIQUE INDEX "data_mappings_name" on "data_mappings" ("store_id", "display_name");

CREATE INDEX "data_mappings_source" on "data_mappings" ("store_id", "source_id");

CREATE TABLE "embedding_models" (
  "id" text not null,
  "model" text not null,
  constraint "embedding_models_key" primary key ("id")) without rowid;

CREATE TABLE "event_profiles" (
  "account_id" text not null,
  "conversation_id" text not null,
  "event_position" integer not null,
  "profile_id" text not null,
  constraint "event_profiles_key" primary key ("conversation_id", "event_position", "profile_id")) without rowid;

CREATE INDEX "event_profiles_by_profile" on "event_profiles" ("account_id", "profile_id");

CREATE TABLE "events" (
  position integer primary key autoincrement, transaction_id integer not null default 0,
  "account_id" text not null,
  "conversation_id" text not null,
  "id" text not null,
  "type" text not null,
  "body_json" text not null,
  "request_id" text,
  "created_at" integer not null);

CREATE INDEX "events_by_age" on "events" ("created_at");

CREATE INDEX "events_in_order" on "events" ("account_id", "transaction_id", "position");

CREATE INDEX "events_of_conversation" on "events" ("conversation_id", "position");

CREATE TABLE "grouping_keys" (
  "account_id" text not null,
  "configuration_id" text not null,
  "grouping_key" text not null,
  "conversation_id" text not null,
  constraint "grouping_keys_key" primary key ("configuration_id", "grouping_key", "conversation_id")) without rowid;

CREATE INDEX "grouping_keys_conversation" on "grouping_keys" ("conversation_id");

CREATE TABLE "identifier_grams" (
  "account_id" text not null,
  "store_id" text not null,
  "id_type" text not null,
  "gram" text not null,
  "value" text not null,
  "profile_id" text not null,
  constraint "identifier_grams_key" primary key ("store_id", "id_type", "gram", "value", "profile_id")) without rowid;

CREATE INDEX "identifier_grams_profile" on "identifier_grams" ("profile_id");

CREATE TABLE "identity_settings" (
  "account_id" text not null,
  "store_id" text not null,
  "settings_json" text not null,
  "version" integer not null,
  constraint "identity_settings_key" primary key ("store_id")) without rowid;

CREATE TABLE "import_chunks" (
  "account_id" text not null,
  "store_id" text not null,
  "import_id" text not null,
  "upload" integer not null,
  "position" integer not null,
  "bytes" blob not null,
  constraint "import_chunks_key" primary key ("store_id", "import_id", "upload", "position")) without rowid;

CREATE TABLE "imports" (
  "account_id" text not null,
  "store_id" text not null,
  "id" text not null,
  "filename" text not null,
  "file_size" integer not null,
  "mappings_json" text not null,
  "status" text not null,
  "upload_key_hash" text not null,
  "upload" integer not null,
  "uploaded_bytes" integer,
  "expires_at" integer not null,
  "rows_done" integer not null,
  "bytes_done" integer not null,
  "errors" integer not null,
  "warnings" integer not null,
  "failure" text,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "imports_key" primary key ("store_id", "id")) without rowid;

CREATE TABLE "jobs" (
  "id" text not null,
  "account_id" text not null,
  "name" text not null,
  "payload_json" text not null,
  "state" text not null,
  "due_at" integer not null,
  "attempts" integer not null,
  "lease_token" text,
  "lease_until" integer,
  "dedupe_key" text,
  "last_error" text,
  "created_at" integer not null, lane text not null default 'main', group_key text,
  constraint "jobs_key" primary key ("id")) without rowid;

CREATE INDEX "jobs_dead" on "jobs" ("id") where state = 'dead';

CREATE UNIQUE INDEX "jobs_dedupe" on "jobs" ("dedupe_key") where dedupe_key is not null and state <> 'dead';

CREATE INDEX "jobs_due_in_lane" on "jobs" ("lane", "due_at", "id") where state = 'ready';

CREATE INDEX "jobs_leased" on "jobs" ("lease_until") where state = 'running';

CREATE TABLE "memory_vectors" (
  "account_id" text not null,
  "profile_id" text not null,
  "kind" text not null,
  "memory_id" text not null,
  "model" text not null,
  "memory_version" integer not null,
  "vector" blob not null,
  constraint "memory_vectors_key" primary key ("profile_id", "kind", "memory_id")) without rowid;

CREATE INDEX "memory_vectors_version" on "memory_vectors" ("profile_id", "memory_version");

CREATE TABLE "memory_versions" (
  "account_id" text not null,
  "profile_id" text not null,
  "version" integer not null,
  "rebuilt_at_version" integer not null,
  constraint "memory_versions_key" primary key ("profile_id")) without rowid;

CREATE TABLE "model_usage" (
  "account_id" text not null,
  "day" text not null,
  "tokens" integer not null,
  constraint "model_usage_key" primary key ("account_id", "day")) without rowid;

CREATE TABLE "observation_provenance" (
  "account_id" text not null,
  "profile_id" text not null,
  "observation_id" text not null,
  "revision" integer not null,
  "conversation_id" text not null,
  "communication_ids_json" text not null,
  "extractor" text not null,
  "extractor_version" text not null,
  "stands_in_for" text,
  "extracted_at" integer not null, stand_in_reason text,
  constraint "observation_provenance_key" primary key ("profile_id", "observation_id", "revision")) without rowid;

CREATE TABLE "observation_revisions" (
  "account_id" text not null,
  "profile_id" text not null,
  "observation_id" text not null,
  "revision" integer not null,
  "content" text not null,
  "source" text not null,
  "occurred_at" integer not null,
  "conversation_ids_json" text not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "observation_revisions_key" primary key ("profile_id", "observation_id", "revision")) without rowid;

CREATE TABLE "observations" (
  "account_id" text not null,
  "store_id" text not null,
  "profile_id" text not null,
  "id" text not null,
  "content" text not null,
  "source" text not null,
  "occurred_at" integer not null,
  "conversation_ids_json" text not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  "revision" integer not null, memory_version integer not null default 0,
  constraint "observations_key" primary key ("profile_id", "id")) without rowid;

CREATE INDEX "observations_created" on "observations" ("profile_id", "created_at", "id");

CREATE INDEX "observations_version" on "observations" ("profile_id", "memory_version");

CREATE TABLE "operations" (
  "account_id" text not null,
  "id" text not null,
  "api" text not null,
  "kind" text not null,
  "status" text not null,
  "created_at" integer not null,
  "completed_at" integer,
  "result_id" text,
  "result_path" text,
  "related_json" text not null,
  "error_json" text,
  "idempotency_key" text,
  "fingerprint" text,
  constraint "operations_key" primary key ("account_id", "id")) without rowid;

CREATE UNIQUE INDEX "operations_idempotency" on "operations" ("account_id", "idempotency_key") where idempotency_key is not null;

CREATE TABLE "outbox_messages" (
  "account_id" text not null,
  "id" text not null,
  "conversation_id" text not null,
  "action_id" text not null,
  "message_json" text not null,
  "created_at" integer not null,
  constraint "outbox_messages_key" primary key ("account_id", "id")) without rowid;

CREATE INDEX "outbox_messages_conversation" on "outbox_messages" ("conversation_id", "id");

CREATE TABLE "owned_addresses" (
  "account_id" text not null,
  "bare_address" text not null,
  "address" text not null,
  "created_at" integer not null,
  constraint "owned_addresses_key" primary key ("account_id", "bare_address")) without rowid;

CREATE TABLE "participant_addresses" (
  "account_id" text not null,
  "conversation_id" text not null,
  "participant_id" text not null,
  "position" integer not null,
  "channel" text not null,
  "address" text not null,
  "channel_id" text,
  constraint "participant_addresses_key" primary key ("conversation_id", "participant_id", "position")) without rowid;

CREATE TABLE "participants" (
  "account_id" text not null,
  "conversation_id" text not null,
  "id" text not null,
  "name" text not null,
  "type" text not null,
  "profile_id" text,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "participants_key" primary key ("conversation_id", "id")) without rowid;

CREATE INDEX "participants_profile" on "participants" ("profile_id") where profile_id is not null;

CREATE TABLE "profile_events" (
  "account_id" text not null,
  "store_id" text not null,
  "profile_id" text not null,
  "id" text not null,
  "type" text not null,
  "event_json" text not null,
  "occurred_at" integer not null,
  "created_at" integer not null,
  constraint "profile_events_key" primary key ("profile_id", "id")) without rowid;

CREATE TABLE "profile_identifiers" (
  "account_id" text not null,
  "store_id" text not null,
  "profile_id" text not null,
  "id_type" text not null,
  "value" text not null,
  "added_at" integer not null,
  "position" integer not null,
  "exclusive" integer not null,
  constraint "profile_identifiers_key" primary key ("profile_id", "id_type", "value")) without rowid;

CREATE UNIQUE INDEX "profile_identifiers_owner" on "profile_identifiers" ("store_id", "id_type", "value") where exclusive = 1;

CREATE INDEX "profile_identifiers_value" on "profile_identifiers" ("store_id", "id_type", "value", "profile_id");

CREATE TABLE "profile_merges" (
  "account_id" text not null,
  "store_id" text not null,
  "holder_id" text not null,
  "id" text not null,
  "survivor_id" text not null,
  "merged_id" text not null,
  "reason_json" text not null,
  "moved_json" text not null,
  "merged_at" integer not null,
  "undone_at" integer,
  constraint "profile_merges_key" primary key ("id")) without rowid;

CREATE INDEX "profile_merges_holder" on "profile_merges" ("holder_id", "id");

CREATE TABLE "profile_traits" (
  "account_id" text not null,
  "store_id" text not null,
  "profile_id" text not null,
  "trait_group" text not null,
  "name" text not null,
  "value_json" text not null,
  "updated_at" integer not null,
  constraint "profile_traits_key" primary key ("profile_id", "trait_group", "name")) without rowid;

CREATE INDEX "profile_traits_group" on "profile_traits" ("store_id", "trait_group", "name");

CREATE TABLE "profiles" (
  "account_id" text not null,
  "store_id" text not null,
  "id" text not null,
  "created_at" integer not null,
  "merged_into" text,
  constraint "profiles_key" primary key ("store_id", "id")) without rowid;

CREATE INDEX "profiles_merged" on "profiles" ("store_id", "merged_into") where merged_into is not null;

CREATE TABLE "signing_tokens" (
  "account_id" text not null,
  "token" text not null,
  "created_at" integer not null,
  constraint "signing_tokens_key" primary key ("account_id")) without rowid;

CREATE TABLE sqlite_sequence(
  name,seq);

CREATE TABLE "stores" (
  "account_id" text not null,
  "id" text not null,
  "display_name" text not null,
  "description" text,
  "status" text not null,
  "intelligence_service_id" text,
  "version" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null, deleted_at integer,
  constraint "stores_key" primary key ("account_id", "id")) without rowid;

CREATE UNIQUE INDEX "stores_live_name" on "stores" ("account_id", "display_name") where deleted_at is null;

CREATE TABLE "trait_groups" (
  "account_id" text not null,
  "store_id" text not null,
  "name" text not null,
  "description" text,
  "traits_json" text not null,
  "version" integer not null,
  "created_at" integer not null,
  constraint "trait_groups_key" primary key ("store_id", "name")) without rowid;
