const bytesPerNumber = 4;

/** The stored form of a vector: 32-bit floats, little-endian on every machine. */
export function toVectorBytes(vector: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(vector.length * bytesPerNumber));
  for (const [at, value] of vector.entries()) view.setFloat32(at * bytesPerNumber, value, true);
  return new Uint8Array(view.buffer);
}

/** Numbers that a vector of pgvector's has at most. */
const pgvectorNumbersMax = 16_000;

/** The form in which pgvector takes a vector; null when it is too long for that. */
export function toVectorText(vector: Float32Array): string | null {
  return vector.length > pgvectorNumbersMax ? null : `[${vector.join(',')}]`;
}

/** On most machines numbers lie in memory as they are stored, and are copied as a whole. */
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

export function toVector(bytes: Uint8Array): Float32Array {
  const length = bytes.byteLength / bytesPerNumber;
  if (isLittleEndian) {
    const vector = new Float32Array(length);
    new Uint8Array(vector.buffer).set(bytes);
    return vector;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length }, (_, at) => view.getFloat32(at * bytesPerNumber, true));
}
