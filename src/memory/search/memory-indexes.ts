import { decodeJson, type Reader } from '../../storage/index.ts';
import { addPairs, noPairs, type PairSums, samplePairs, toTrust } from './agreement.ts';
import { toDocument } from './document.ts';
import { MemoryIndex } from './memory-index.ts';
import {
  findMemoryVersion,
  type IndexedMemoryRow,
  listObservationsSince,
  listSummariesSince,
  listVectorsSince,
} from './memory-version.store.ts';
import { toVector } from './vector-bytes.ts';

/** What can be searched of a profile. */
export interface ProfileIndexes {
  readonly observation: MemoryIndex;
  readonly summary: MemoryIndex;
}

interface Entry extends ProfileIndexes {
  /** The profile's version that the indexes hold. */
  version: number;
  bytes: number;
  /** What its vectors looked like beside its words when so many of them had changed. */
  pairs: PairSums;
  pairsAtChanges: number;
}

/**
 * The indexes of the profiles that were asked last, in this process. Each use begins with the profile's version, one key
 * read: the indexes are used as they are, or first given what was written since, by whichever process. So they never answer
 * from yesterday, and nothing has to be told to them. When they outgrow their bound, those not used for longest go.
 */
export class MemoryIndexes {
  readonly #entries = new Map<string, Entry>();
  readonly #refreshing = new Map<string, Promise<Entry>>();
  readonly #bytesMax: number;
  readonly #model: string | undefined;
  #bytes = 0;
  #pairs = noPairs;

  /** With `model` vectors of that model are held too. */
  constructor({ bytesMax, model }: { bytesMax: number; model?: string | undefined }) {
    this.#bytesMax = bytesMax;
    this.#model = model;
  }

  /** For the metrics page. */
  get size(): { readonly profiles: number; readonly bytes: number } {
    return { profiles: this.#entries.size, bytes: this.#bytes };
  }

  /** How far the model's vectors can be trusted, 0 to 1, by all indexes that are held. */
  get trust(): number {
    return toTrust(this.#pairs);
  }

  /** The profile's indexes as of now. They are not to be kept beyond the current turn: a later use may change them. */
  async open(reader: Reader, profileId: string): Promise<ProfileIndexes> {
    const { version } = await findMemoryVersion(reader, profileId);
    const known = this.#entries.get(profileId);
    if (known && known.version === version) {
      this.#touch(profileId, known);
      return known;
    }
    // One after the other, so that what was read earlier is never put over what was read later.
    const before = this.#refreshing.get(profileId);
    const refresh = (before ?? Promise.resolve()).then(
      () => this.#refresh(reader, profileId),
      () => this.#refresh(reader, profileId),
    );
    this.#refreshing.set(profileId, refresh);
    try {
      return await refresh;
    } finally {
      if (this.#refreshing.get(profileId) === refresh) this.#refreshing.delete(profileId);
    }
  }

  async #refresh(reader: Reader, profileId: string): Promise<Entry> {
    // The version comes first: what is written after it is read again the next time.
    const { version, rebuiltAtVersion } = await findMemoryVersion(reader, profileId);
    const known = this.#entries.get(profileId);
    if (known && known.version === version) return known;
    const isUsable = known !== undefined && known.version >= rebuiltAtVersion && known.version < version;
    const since = isUsable ? known.version : undefined;
    const observations = await listObservationsSince(reader, profileId, since);
    const summaries = await listSummariesSince(reader, profileId, since);
    const vectors = this.#model ? await listVectorsSince(reader, profileId, this.#model, since) : [];
    const entry =
      isUsable && known
        ? known
        : {
            observation: new MemoryIndex(),
            summary: new MemoryIndex(),
            version,
            bytes: 0,
            pairs: noPairs,
            pairsAtChanges: 0,
          };
    for (const row of observations) put(entry.observation, row);
    for (const row of summaries) put(entry.summary, row);
    const written = new Map([...observations, ...summaries].map((row) => [row.id, row.memory_version]));
    for (const { kind, memory_id: id, memory_version, vector } of vectors) {
      // Of an earlier text, unless it was written after its memory.
      if (memory_version >= (written.get(id) ?? 0)) entry[kind].putVector(id, toVector(vector));
    }
    entry.version = version;
    this.#touch(profileId, entry);
    return entry;
  }

  /** The newest use is last. */
  #touch(profileId: string, entry: Entry): void {
    this.#drop(profileId);
    entry.bytes = entry.observation.bytes + entry.summary.bytes;
    measure(entry);
    this.#pairs = addPairs(this.#pairs, entry.pairs);
    this.#entries.set(profileId, entry);
    this.#bytes += entry.bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#drop(oldest);
    }
  }

  #drop(profileId: string): void {
    const entry = this.#entries.get(profileId);
    if (!entry) return;
    this.#entries.delete(profileId);
    this.#bytes -= entry.bytes;
    this.#pairs = addPairs(this.#pairs, entry.pairs, -1);
  }
}

/** Samples anew when a quarter of the vectors has changed. */
function measure(entry: Entry): void {
  const { observation, summary } = entry;
  const changes = observation.vectors.changes + summary.vectors.changes;
  const size = observation.vectors.size + summary.vectors.size;
  if (changes - entry.pairsAtChanges <= size / 4) return;
  entry.pairs = addPairs(samplePairs(observation), samplePairs(summary));
  entry.pairsAtChanges = changes;
}

function put(index: MemoryIndex, row: IndexedMemoryRow): void {
  index.put(
    toDocument({
      id: row.id,
      text: row.content,
      occurredAt: row.occurred_at,
      createdAt: row.created_at,
      conversationIds: decodeJson<string[]>(row.conversation_ids),
    }),
  );
}
