import type { ObservationProvenanceRow, ObservationRow, StoreRow } from '../../src/storage/index.ts';

/** The account that rows of storage tests belong to. */
export const accountId = 'AC00000000000000000000000000000001';

const startMs = Date.UTC(2026, 0, 1);

/** A memory store's row; its name follows its id. */
export function storeRow(id: string, changes: Partial<StoreRow> = {}): StoreRow {
  return {
    account_id: accountId,
    id,
    display_name: `name-of-${id}`,
    description: null,
    status: 'ACTIVE',
    intelligence_service_id: null,
    version: 1,
    created_at: startMs,
    updated_at: startMs,
    deleted_at: null,
    ...changes,
  };
}

export function observationRow(id: string, changes: Partial<ObservationRow> = {}): ObservationRow {
  return {
    account_id: accountId,
    store_id: 'store',
    profile_id: 'profile',
    id,
    content: `content of ${id}`,
    source: 'test',
    occurred_at: startMs,
    conversation_ids_json: '[]',
    created_at: startMs,
    updated_at: startMs,
    revision: 1,
    memory_version: 1,
    ...changes,
  };
}

/** Where an observation comes from: one communication of a conversation. */
export function provenanceRow(
  observationId: string,
  changes: Partial<ObservationProvenanceRow> = {},
): ObservationProvenanceRow {
  return {
    account_id: accountId,
    profile_id: 'profile',
    observation_id: observationId,
    revision: 1,
    conversation_id: 'conversation',
    communication_ids_json: '["communication"]',
    extractor: 'test',
    extractor_version: '1',
    stands_in_for: null,
    stand_in_reason: null,
    extracted_at: startMs,
    ...changes,
  };
}
