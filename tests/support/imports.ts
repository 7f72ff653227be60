import type { SdkClient } from './sdk.ts';

export interface ColumnMapping {
  readonly columnName: string;
  readonly traitGroup: string;
  readonly traitName: string;
}

/** Columns `phone` and `name` of most files here. */
export const phoneAndName: readonly ColumnMapping[] = [
  { columnName: 'phone', traitGroup: 'Contact', traitName: 'phone' },
  { columnName: 'name', traitGroup: 'Contact', traitName: 'firstName' },
];

export async function startImport(
  client: SdkClient,
  storeId: string,
  columnMappings: readonly ColumnMapping[] = phoneAndName,
  fileSize = 100_000,
): Promise<{ importId: string; url: string }> {
  const created = await client.memory.v1.imports(storeId).create({
    filename: 'customers.csv',
    fileSize,
    columnMappings: [...columnMappings],
  });
  return { importId: created.importId ?? '', url: created.url ?? '' };
}

/** Sends a file to an upload URL, without credentials, and answers with the status. */
export async function uploadCsv(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = { 'Content-Type': 'text/csv' },
): Promise<number> {
  const response = await fetch(url, { method: 'PUT', body, headers });
  await response.text();
  return response.status;
}
