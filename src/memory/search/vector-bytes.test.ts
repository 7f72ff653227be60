import { describe, expect, it } from 'vitest';
import { toVector, toVectorBytes, toVectorText } from './vector-bytes.ts';

describe('a stored vector', () => {
  const vector = Float32Array.of(0.6, -0.8, 0, 1e-30);

  it('comes back as it was, wherever its bytes lie in memory', () => {
    const bytes = toVectorBytes(vector);
    const amid = new Uint8Array(bytes.length + 3);
    amid.set(bytes, 3);
    expect(toVector(bytes)).toEqual(vector);
    expect(toVector(amid.subarray(3))).toEqual(vector);
  });

  it('is for pgvector what it is in bytes, unless it is too long for pgvector', () => {
    expect(Float32Array.from(JSON.parse(toVectorText(vector) ?? '') as number[])).toEqual(vector);
    expect(toVectorText(new Float32Array(16_000))).not.toBeNull();
    expect(toVectorText(new Float32Array(16_001))).toBeNull();
  });

  it('is little-endian', () => {
    expect([...toVectorBytes(Float32Array.of(1))]).toEqual([0, 0, 0x80, 0x3f]);
    expect(toVector(Uint8Array.of(0, 0, 0x80, 0x3f))).toEqual(Float32Array.of(1));
  });
});
