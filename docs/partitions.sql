-- Parts the tables that grow with customers and with traffic, each into 16 partitions by hash (docs/scaling.md).
--
-- For PostgreSQL 15 or newer and a database whose schema `rapport serve` or `rapport migrate-engine` has brought up to date. Stop all
-- Rapport processes first, then run it once:
--
--   psql "$DATABASE_URL" --set ON_ERROR_STOP=1 --single-transaction --file partitions.sql
--
-- Columns, keys and indexes are taken from the catalog and keep their names, so the server and its later migrations find what they
-- know. Rows move along: a table needs as much free space again as it takes. A table that is parted already is left as it is.

do $$
declare
  partitions constant int := 16;
  parted constant jsonb := '{
    "profiles": "id",
    "profile_traits": "profile_id",
    "profile_events": "profile_id",
    "observations": "profile_id",
    "observation_revisions": "profile_id",
    "observation_provenance": "profile_id",
    "conversation_summaries": "profile_id",
    "memory_versions": "profile_id",
    "memory_vectors": "profile_id",
    "profile_identifiers": "value",
    "conversations": "id",
    "communications": "conversation_id",
    "participants": "conversation_id",
    "participant_addresses": "conversation_id",
    "actions": "conversation_id",
    "action_messages": "conversation_id",
    "event_profiles": "conversation_id",
    "callback_deliveries": "conversation_id"
  }';
  name text;
  key text;
  definitions text[];
  definition text;
begin
  for name, key in select * from jsonb_each_text(parted) loop
    continue when (select relkind from pg_class where oid = name::regclass) = 'p';

    -- The constraint of the primary key makes its own index; the others are made by theirs.
    definitions := array(
      select format('alter table %I add constraint %I %s', name, conname, pg_get_constraintdef(oid))
      from pg_constraint where conrelid = name::regclass and contype = 'p'
      union all
      select pg_get_indexdef(indexrelid)
      from pg_index where indrelid = name::regclass and not indisprimary);

    execute format('alter table %I rename to %I', name, name || '_whole');
    execute format('create table %I (like %I including defaults) partition by hash (%I)', name, name || '_whole', key);
    for number in 0 .. partitions - 1 loop
      execute format('create table %I partition of %I for values with (modulus %s, remainder %s)',
        name || '_' || lpad(number::text, 2, '0'), name, partitions, number);
    end loop;
    execute format('insert into %I select * from %I', name, name || '_whole');
    execute format('drop table %I', name || '_whole');
    foreach definition in array definitions loop
      execute definition;
    end loop;
  end loop;
end
$$;

analyze;
