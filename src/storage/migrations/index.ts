import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Database } from '../database.ts';
import { foundation } from './0001-foundation.ts';
import { importsAndMappings } from './0002-imports-and-mappings.ts';
import { identityAndTraits } from './0003-identity-and-traits.ts';
import { profileMerges } from './0004-profile-merges.ts';
import { erasure } from './0005-erasure.ts';
import { profileEvents } from './0006-profile-events.ts';
import { deletedStores } from './0007-deleted-stores.ts';
import { captureAndCallbacks } from './0008-capture-and-callbacks.ts';
import { sending } from './0009-sending.ts';
import { configurationStamps } from './0010-configuration-stamps.ts';
import { eventOrderAndMentions } from './0011-event-order-and-mentions.ts';
import { sharedGroupingKeys } from './0012-shared-grouping-keys.ts';
import { memoryVersions } from './0020-memory-versions.ts';
import { extraction } from './0021-extraction.ts';
import { memoryVectors } from './0022-memory-vectors.ts';
import { standInReason } from './0023-stand-in-reason.ts';
import { mentionsInObservations } from './0024-mentions-in-observations.ts';
import { type SchemaWriter, schemaWriter } from './columns.ts';

/**
 * All migrations, in order. Forward only; each is safe to run again after a crash half-way.
 * A number is never reused, and a migration that has been released never changes.
 */
const migrations: Readonly<Record<string, (writer: SchemaWriter) => Promise<void>>> = {
  '0001-foundation': foundation,
  '0002-imports-and-mappings': importsAndMappings,
  '0003-identity-and-traits': identityAndTraits,
  '0004-profile-merges': profileMerges,
  '0005-erasure': erasure,
  '0006-profile-events': profileEvents,
  '0007-deleted-stores': deletedStores,
  '0008-capture-and-callbacks': captureAndCallbacks,
  '0009-sending': sending,
  '0010-configuration-stamps': configurationStamps,
  '0011-event-order-and-mentions': eventOrderAndMentions,
  '0012-shared-grouping-keys': sharedGroupingKeys,
  '0020-memory-versions': memoryVersions,
  '0021-extraction': extraction,
  '0022-memory-vectors': memoryVectors,
  '0023-stand-in-reason': standInReason,
  '0024-mentions-in-observations': mentionsInObservations,
};

/** Brings the schema up to date. With several processes one migrates while the others wait. */
export async function migrate(db: Kysely<never>, engine: Database['engine']): Promise<void> {
  const { error } = await migrator(db, engine).migrateToLatest();
  if (error) throw new Error('The database schema could not be brought up to date', { cause: error });
}

function migrator(db: Kysely<never>, engine: Database['engine']): Migrator {
  const numbered = Object.entries(migrations).map(([name, write]): [string, Migration] => [
    name,
    { up: (connection) => write(schemaWriter(connection, engine)) },
  ]);
  return new Migrator({ db, provider: { getMigrations: async () => Object.fromEntries(numbered) } });
}
