import { randomFillSync } from 'node:crypto';
import type { Clock } from './clock.ts';

/**
 * Resource id prefixes (memory-semantics section 1, conversations-semantics section 1).
 * An id is `prefix_` + 26 characters: a UUIDv7 in lower-case Crockford base 32, so that ids sort by creation.
 */
export const idPrefixes = {
  store: 'mem_store',
  profile: 'mem_profile',
  observation: 'mem_observation',
  summary: 'mem_summary',
  import: 'mem_import',
  dataMapping: 'mem_datamapping',
  memoryOperation: 'mem_operation',
  intelligenceConfiguration: 'intelligence_configuration',
  configuration: 'conv_configuration',
  conversation: 'conv_conversation',
  participant: 'conv_participant',
  communication: 'conv_communication',
  action: 'conv_action',
  conversationsOperation: 'proc_job',
  merge: 'rapport_merge',
  event: 'rapport_event',
  callbackDelivery: 'rapport_delivery',
  job: 'rapport_job',
} as const;

export type IdKind = keyof typeof idPrefixes;

export interface Ids {
  /** A new id of the kind; later ids of one process sort after earlier ones, also within a millisecond. */
  next(kind: IdKind): string;
  /** A new SID: two letters and 32 hexadecimal digits, the form of what messaging providers make. Sorts as ids do. */
  sid(prefix: 'SM'): string;
}

/** Fills the array with random bytes. Injected so that tests can be reproducible. */
export type RandomSource = (bytes: Uint8Array) => Uint8Array;

export const systemRandom: RandomSource = pooled((bytes) => randomFillSync(bytes));

/** Asks the system for many bytes at a time: to be asked costs it more than to answer. No byte is given twice. */
function pooled(fill: RandomSource): RandomSource {
  const pool = new Uint8Array(4096);
  let used = pool.length;
  return (bytes) => {
    if (bytes.length > pool.length) return fill(bytes);
    if (used + bytes.length > pool.length) {
      fill(pool);
      used = 0;
    }
    bytes.set(pool.subarray(used, used + bytes.length));
    pool.fill(0, used, used + bytes.length);
    used += bytes.length;
    return bytes;
  };
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
/** UUIDv7: 48 bits of milliseconds, 4 of version, 12 used as a counter within the millisecond, 2 of variant, 62 random. */
const counterMax = 0xfff;

export function createIds(clock: Clock, random: RandomSource = systemRandom): Ids {
  let lastMs = 0;
  let counter = 0;
  const bytes = new Uint8Array(16);

  const uuid7 = (): Uint8Array => {
    random(bytes);
    const nowMs = clock.now();
    if (nowMs > lastMs) {
      lastMs = nowMs;
      // Half of the counter's range is left for ids of the same millisecond.
      counter = (((bytes[6] ?? 0) & 0x07) << 8) | (bytes[7] ?? 0);
    } else if (counter < counterMax) {
      counter += 1;
    } else {
      lastMs += 1;
      counter = 0;
    }
    const view = new DataView(bytes.buffer);
    view.setUint16(0, Math.floor(lastMs / 2 ** 32));
    view.setUint32(2, lastMs % 2 ** 32);
    view.setUint16(6, 0x7000 | counter);
    view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
    return bytes;
  };

  return {
    next: (kind) => `${idPrefixes[kind]}_${base32(uuid7())}`,
    sid: (prefix) => `${prefix}${Buffer.from(uuid7()).toString('hex')}`,
  };
}

/** 128 bits as 26 characters of 5 bits, the first one holding the top 3 (so it is 0 to 7). */
function base32(bytes: Uint8Array): string {
  let text = '';
  let value = 0;
  let bits = 2; // two leading zero bits make 130 = 26 × 5
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(value >>> bits) & 31];
    }
    value &= 31;
  }
  return text;
}
