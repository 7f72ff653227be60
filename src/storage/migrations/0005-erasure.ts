import type { SchemaWriter } from './columns.ts';

/** Participants by profile: whoever is erased or exported is found in conversations too. */
export async function erasure({ index }: SchemaWriter): Promise<void> {
  await index('participants_profile', 'participants', ['profile_id'], { where: 'profile_id is not null' });
}
