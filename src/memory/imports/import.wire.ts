import Type, { type Static } from 'typebox';
import { pageOf, Timestamp } from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import { decodeJson, type ImportRow } from '../../storage/index.ts';
import { StoreIdParameter } from '../stores/index.ts';

/** Schemas of memory-v1.yaml: ImportCreate, ImportCreated, ImportStatus. */
const fileBytesMax = 104_857_600;
const filenameMax = 255;
const nameMax = 64;
const mappingsMin = 2;
const mappingsMax = 100;

export const ImportPath = Type.Object({
  storeId: StoreIdParameter,
  importId: Type.String({ pattern: '^mem_import_[0-7][0-9a-z]{25}$' }),
});

/** What an upload URL names; anything but the URL as it was given out is refused alike. */
export const UploadPath = Type.Object({ storeId: Type.String(), importId: Type.String() });
export const UploadQuery = Type.Object({ key: Type.Optional(Type.String()) });

const Name = Type.String({ minLength: 1, maxLength: nameMax });
const ColumnMapping = Type.Object(
  { columnName: Name, traitGroup: Name, traitName: Name },
  { additionalProperties: false },
);
/** A column of the file, by its name in the header, and the trait that it feeds. */
export type ColumnMapping = Static<typeof ColumnMapping>;

const ColumnMappings = Type.Array(ColumnMapping, { minItems: mappingsMin, maxItems: mappingsMax });

export const ImportCreate = Type.Object(
  {
    filename: Type.String({ minLength: 1, maxLength: filenameMax }),
    fileSize: Type.Integer({ minimum: 1, maximum: fileBytesMax }),
    columnMappings: ColumnMappings,
  },
  { additionalProperties: false },
);
export type ImportCreate = Static<typeof ImportCreate>;

export const ImportCreated = Type.Object({ importId: Type.String(), url: Type.String() });

export const ImportStatus = Type.Object({
  status: Type.Enum(['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED']),
  filename: Type.String(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  fileSize: Type.Integer(),
  columnMappings: ColumnMappings,
  summary: Type.Object({ errors: Type.Integer(), warnings: Type.Integer() }),
  failureReason: Type.Optional(
    Type.String({ description: 'Why it FAILED. Not part of the hosted API; clients ignore it.' }),
  ),
});

export const importList = { key: 'imports', sortKey: ['text'], sizeMax: 100 } as const;
export const ImportList = pageOf(importList.key, Type.String());

export function toWire(row: ImportRow): Static<typeof ImportStatus> {
  return {
    status: row.status,
    filename: row.filename,
    createdAt: toTimestamp(row.created_at),
    updatedAt: toTimestamp(row.updated_at),
    fileSize: row.file_size,
    columnMappings: decodeJson<ColumnMapping[]>(row.mappings_json),
    summary: { errors: row.errors, warnings: row.warnings },
    ...(row.failure === null ? {} : { failureReason: row.failure }),
  };
}
