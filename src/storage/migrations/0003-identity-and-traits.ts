import type { SchemaWriter } from './columns.ts';

/** The three-letter pieces of identifier values whose type is matched fuzzily; traits by group, for when a definition goes. */
export async function identityAndTraits({ table, index }: SchemaWriter): Promise<void> {
  await table(
    'identifier_grams',
    {
      account_id: 'text',
      store_id: 'text',
      id_type: 'text',
      gram: 'text',
      value: 'text',
      profile_id: 'text',
    },
    ['store_id', 'id_type', 'gram', 'value', 'profile_id'],
  );
  await index('identifier_grams_profile', 'identifier_grams', ['profile_id']);
  await index('profile_traits_group', 'profile_traits', ['store_id', 'trait_group', 'name']);
}
