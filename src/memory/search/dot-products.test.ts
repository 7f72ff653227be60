import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { lanes, multiplyRows } from './dot-products.ts';

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

describe('dot products', () => {
  it('are made by what the text of the module says (vitest --update writes it anew)', async () => {
    const text = readFileSync(fileOf('dot-products.wat'), 'utf8');
    const { buffer } = (await wabt()).parseWat('dot-products.wat', text, { simd: true }).toBinary({});
    const base64 = Buffer.from(buffer).toString('base64');
    await expect(
      `/** dot-products.wat, assembled: its test compares the two. */\nexport const dotProductsModule =\n  '${base64}';\n`,
    ).toMatchFileSnapshot(fileOf('dot-products.wasm.ts'));
  });

  it('are exact, however many rows there are and however wide they are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }).chain((parts) => {
          const width = parts * lanes;
          const row = fc.int16Array({ minLength: width, maxLength: width, min: -2047, max: 2047 });
          const vector = fc.int16Array({ minLength: width, maxLength: width, min: -4095, max: 4095 });
          return fc.tuple(fc.array(row, { maxLength: 9 }), vector);
        }),
        ([rows, vector]) => {
          const products = new Float64Array(rows.length);
          multiplyRows(Int16Array.from(rows.flatMap((row) => [...row])), vector, products);
          expect([...products]).toEqual(rows.map((row) => dot(row, vector)));
        },
      ),
    );
  });

  it('are exact for more rows, and for wider ones, than fit the memory at once', () => {
    for (const [rows, width] of [
      [3000, 384],
      [2, 16_384],
      [3, 200_000],
    ] as const) {
      const matrix = Int16Array.from({ length: rows * width }, (_, at) => ((at * 7919) % 255) - 127);
      const vector = Int16Array.from({ length: width }, (_, at) => ((at * 104_729) % 301) - 150);
      const products = new Float64Array(rows);
      multiplyRows(matrix, vector, products);
      const expected = Array.from({ length: rows }, (_, row) =>
        dot(matrix.subarray(row * width, (row + 1) * width), vector),
      );
      expect([...products]).toEqual(expected);
    }
  });
});

function dot(row: Int16Array, vector: Int16Array): number {
  return row.reduce((sum, value, at) => sum + value * (vector[at] ?? 0), 0);
}
