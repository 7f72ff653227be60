import Type, { type Static } from 'typebox';
import { StoreIdParameter } from '../stores/index.ts';
import type { TraitValue } from '../traits/index.ts';

export const rowsMax = 10_000;
/** Errors that an answer describes; it counts them all. */
export const errorsShownMax = 10;
const columnsMax = 1000;
const arrayMax = 100;

/** `datasetId` is the dataset of a mapping or, to feed an INGRESS mapping, that mapping's own id. */
export const DatasetPath = Type.Object({
  storeId: StoreIdParameter,
  datasetId: Type.String({ pattern: '^(tdi_dataset|mem_datamapping)_[0-7][0-9a-z]{25}$' }),
});

/** A value by column. Null removes the trait, and texts are read by the type of the trait. */
const Row = Type.Unsafe<Readonly<Record<string, TraitValue | null>>>({
  type: 'object',
  maxProperties: columnsMax,
  additionalProperties: {
    type: ['string', 'number', 'boolean', 'null', 'array'],
    maxItems: arrayMax,
    items: { type: ['string', 'number', 'boolean'] },
  },
});
const Rows = Type.Object(
  { rows: Type.Array(Row, { minItems: 1, maxItems: rowsMax }) },
  { additionalProperties: false },
);

/** JSON as above, or the text of a CSV file with a header. */
export const DatasetRows = Type.Union([Rows, Type.String({ minLength: 1 })]);
export type DatasetRows = Static<typeof DatasetRows>;

export const DatasetRowsResult = Type.Object({
  rows: Type.Integer({ description: 'Rows received.' }),
  applied: Type.Integer({ description: 'Rows that made or changed a profile.' }),
  skipped: Type.Integer({ description: 'Rows that could not be taken.' }),
  errors: Type.Array(
    Type.Object({
      row: Type.Integer({ description: 'From 1; the header of a CSV file does not count.' }),
      detail: Type.String(),
    }),
    { maxItems: errorsShownMax, description: `The first ${errorsShownMax} of them.` },
  ),
});
export type DatasetRowsResult = Static<typeof DatasetRowsResult>;
