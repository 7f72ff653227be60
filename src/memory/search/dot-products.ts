import { dotProductsModule } from './dot-products.wasm.ts';

/** Numbers that are multiplied in one step; a row is as wide as a multiple of it. */
export const lanes = 8;

/** Rows are moved to where they are multiplied so many bytes at a time: the processor keeps that near. */
const bytesAtOnce = 96 * 1024;
const bytesPerPage = 65_536;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  /** See dot-products.wat. */
  readonly multiply: (row: number, count: number, width: number, vector: number, product: number) => void;
}

let kernel: Kernel | undefined;

/**
 * The dot product of each row of a matrix with a vector, exactly, as many as there is room for in `products`. Rows are as wide as
 * the vector, a multiple of `lanes`. A quarter of the width, times the largest number of a row, times the largest of the vector, has
 * to stay below 2^31.
 */
export function multiplyRows(matrix: Int16Array, vector: Int16Array, products: Float64Array): void {
  const { length: width, byteLength: rowBytes } = vector;
  if (width === 0) return;
  const rowsAtOnce = Math.max(1, Math.floor(bytesAtOnce / rowBytes));
  const rowsAt = rowBytes;
  const productsAt = rowsAt + rowsAtOnce * rowBytes;
  const { memory, multiply } = loadKernel(productsAt + rowsAtOnce * products.BYTES_PER_ELEMENT);
  const [rows, results] = [
    new Int16Array(memory.buffer, rowsAt),
    new Float64Array(memory.buffer, productsAt),
  ];
  new Int16Array(memory.buffer).set(vector);
  for (let first = 0; first < products.length; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, products.length - first);
    rows.set(matrix.subarray(first * width, (first + count) * width));
    multiply(rowsAt, count, rowBytes, 0, productsAt);
    products.set(results.subarray(0, count), first);
  }
}

/** With so much memory at least. */
function loadKernel(bytes: number): Kernel {
  kernel ??= // What the module exports.
    new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(dotProductsModule, 'base64')))
      .exports as unknown as Kernel;
  const missing = bytes - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / bytesPerPage));
  return kernel;
}
