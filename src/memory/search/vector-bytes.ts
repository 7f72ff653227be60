const bytesPerNumber = 4;

/** The stored form of a vector: 32-bit floats, little-endian on every machine. */
export function toVectorBytes(vector: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(vector.length * bytesPerNumber));
  for (const [at, value] of vector.entries()) view.setFloat32(at * bytesPerNumber, value, true);
  return new Uint8Array(view.buffer);
}

export function toVector(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const vector = new Float32Array(bytes.byteLength / bytesPerNumber);
  for (let at = 0; at < vector.length; at += 1) vector[at] = view.getFloat32(at * bytesPerNumber, true);
  return vector;
}
