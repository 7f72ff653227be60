import { decodeJson, type MemoryKind, type Reader } from '../../storage/index.ts';
import { addPairs, noPairs, type PairSums, samplePairs, toTrust } from './agreement.ts';
import { toDocument } from './document.ts';
import { isSampleOld, type LeftVectors, sampleLeft, toNearness } from './left-vectors.ts';
import { MemoryIndex } from './memory-index.ts';
import {
  findMemoryVersion,
  type IndexedMemoryRow,
  type IndexedVectorRow,
  listObservationsSince,
  listSummariesSince,
  listVectorsSince,
} from './memory-version.store.ts';
import { listCosines } from './nearness.store.ts';
import { compareHere, type Nearness } from './nearness.ts';
import { toVector } from './vector-bytes.ts';

/** What can be searched of a profile. */
export interface ProfileIndexes {
  readonly observation: MemoryIndex;
  readonly summary: MemoryIndex;
}

/** The same for a query. */
export interface OpenedIndexes extends ProfileIndexes {
  /** How near the memories are to the query's vector; undefined without one. */
  readonly nearness: Readonly<Record<MemoryKind, Nearness>> | undefined;
}

interface Entry extends ProfileIndexes {
  /** The profile's version that the indexes hold. */
  version: number;
  bytes: number;
  /** What its vectors looked like beside its words when so many of them had changed. */
  pairs: PairSums;
  pairsAtChanges: number;
  /** Undefined when the indexes hold the profile's vectors. */
  left: LeftVectors | undefined;
}

export interface MemoryIndexesOptions {
  readonly bytesMax: number;
  /** Vectors of this model are searched too. */
  readonly model?: string | undefined;
  /** The database can compare vectors. */
  readonly canCompareThere?: boolean | undefined;
  /** From so many memories on it is left to do so at first. */
  readonly leftFromMemories?: number;
}

/** Of fewer the vectors are read almost as quickly as the database compares them (decision 0028). */
const leftFromMemoriesDefault = 4000;
/** So many times the database compares a profile's vectors; whoever asks more often is better off with having them read. */
const comparedThereMax = 3;
/** Rough size in bytes of what is known of a vector that was left. */
const bytesPerLeft = 48;

/**
 * The indexes of the profiles that were asked last, in this process. Each use begins with the profile's version, one key
 * read: the indexes are used as they are, or first given what was written since, by whichever process. So they never answer
 * from yesterday, and nothing has to be told to them. When they outgrow their bound, those not used for longest go.
 *
 * Vectors are most of what there is to read of a profile. Where the database can compare them, those of a large one stay there
 * until they have been asked for a few times.
 */
export class MemoryIndexes {
  readonly #entries = new Map<string, Entry>();
  readonly #refreshing = new Map<string, Promise<Entry>>();
  readonly #bytesMax: number;
  readonly #model: string | undefined;
  /** Infinite where the database cannot compare vectors. */
  readonly #leftFrom: number;
  #bytes = 0;
  #pairs = noPairs;

  constructor({
    bytesMax,
    model,
    canCompareThere = false,
    leftFromMemories = leftFromMemoriesDefault,
  }: MemoryIndexesOptions) {
    this.#bytesMax = bytesMax;
    this.#model = model;
    this.#leftFrom = model !== undefined && canCompareThere ? leftFromMemories : Number.POSITIVE_INFINITY;
  }

  /** For the metrics page. */
  get size(): { readonly profiles: number; readonly bytes: number } {
    return { profiles: this.#entries.size, bytes: this.#bytes };
  }

  /** How far the model's vectors can be trusted, 0 to 1, by all indexes that are held. */
  get trust(): number {
    return toTrust(this.#pairs);
  }

  /**
   * The profile's indexes as of now, and how near its memories are to a query's `vector`. They are not to be kept beyond the
   * current turn: a later use may change them.
   */
  async open(reader: Reader, profileId: string, vector?: Float32Array): Promise<OpenedIndexes> {
    const entry = await this.#openEntry(reader, profileId);
    if (!vector) return opened(entry);
    const nearness = await this.#compareThere(reader, profileId, entry, vector);
    if (nearness) return opened(entry, nearness);
    const holding = entry.left ? await this.#openEntry(reader, profileId, true) : entry;
    return opened(holding, {
      observation: compareHere(holding.observation, vector),
      summary: compareHere(holding.summary, vector),
    });
  }

  /** Undefined when the entry holds its vectors, perhaps since a moment ago, or the database does not have all of them. */
  async #compareThere(
    reader: Reader,
    profileId: string,
    entry: Entry,
    vector: Float32Array,
  ): Promise<OpenedIndexes['nearness']> {
    if (!entry.left || this.#model === undefined) return undefined;
    const owner = { profileId, model: this.#model };
    const rows = await listCosines(reader, owner, vector);
    if (!entry.left || rows.some(({ cosine }) => cosine === null)) return undefined;
    if (isSampleOld(entry.left, rows.length)) {
      const near = toNearness(entry, entry.left, rows);
      this.#learn(profileId, entry, await sampleLeft(reader, owner, entry, near), rows.length);
    }
    if (!entry.left) return undefined;
    entry.left.comparisons += 1;
    return toNearness(entry, entry.left, rows);
  }

  /** With `holds` they hold the profile's vectors, however many there are. */
  async #openEntry(reader: Reader, profileId: string, holds = false): Promise<Entry> {
    const { version } = await findMemoryVersion(reader, profileId);
    const known = this.#entries.get(profileId);
    if (known && known.version === version && !isDue(known, holds)) {
      this.#touch(profileId, known);
      return known;
    }
    // One after the other, so that what was read earlier is never put over what was read later.
    const before = this.#refreshing.get(profileId);
    const refresh = (before ?? Promise.resolve()).then(
      () => this.#refresh(reader, profileId, holds),
      () => this.#refresh(reader, profileId, holds),
    );
    this.#refreshing.set(profileId, refresh);
    try {
      return await refresh;
    } finally {
      if (this.#refreshing.get(profileId) === refresh) this.#refreshing.delete(profileId);
    }
  }

  async #refresh(reader: Reader, profileId: string, holds: boolean): Promise<Entry> {
    // The version comes first: what is written after it is read again the next time.
    const { version, rebuiltAtVersion } = await findMemoryVersion(reader, profileId);
    const known = this.#entries.get(profileId);
    if (known && known.version === version && !isDue(known, holds)) return known;
    const isUsable = known !== undefined && known.version >= rebuiltAtVersion && known.version <= version;
    const since = isUsable ? known.version : undefined;
    const observations = await listObservationsSince(reader, profileId, since);
    const summaries = await listSummariesSince(reader, profileId, since);
    const memories = observations.length + summaries.length;
    const isHeld = holds || (known ? !known.left || isDue(known) : memories < this.#leftFrom);
    const vectorsSince = known?.left ? undefined : since;
    const vectors =
      this.#model && isHeld ? await listVectorsSince(reader, profileId, this.#model, vectorsSince) : [];
    const entry = isUsable && known ? known : newEntry();
    const written = fill(entry, { observations, summaries, vectors });
    const { comparisons = 0 } = known?.left ?? {};
    entry.left = isHeld ? undefined : { written, comparisons, sampled: entry.left?.sampled ?? 0 };
    entry.version = version;
    this.#touch(profileId, entry);
    return entry;
  }

  /** What the vectors that were left look like beside the words; it counts while the entry is kept. */
  #learn(profileId: string, entry: Entry, pairs: PairSums, vectors: number): void {
    if (this.#entries.get(profileId) !== entry || !entry.left) return;
    this.#drop(profileId);
    entry.pairs = pairs;
    entry.left.sampled = vectors;
    this.#touch(profileId, entry);
  }

  /** The newest use is last. */
  #touch(profileId: string, entry: Entry): void {
    this.#drop(profileId);
    entry.bytes =
      entry.observation.bytes + entry.summary.bytes + (entry.left?.written.size ?? 0) * bytesPerLeft;
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

function newEntry(): Entry {
  return {
    observation: new MemoryIndex(),
    summary: new MemoryIndex(),
    version: 0,
    bytes: 0,
    pairs: noPairs,
    pairsAtChanges: 0,
    left: undefined,
  };
}

function opened({ observation, summary }: Entry, nearness?: OpenedIndexes['nearness']): OpenedIndexes {
  return { observation, summary, nearness };
}

/** Its vectors are to be read though nothing was written. */
function isDue({ left }: Entry, holds = false): boolean {
  return left !== undefined && (holds || left.comparisons >= comparedThereMax);
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

/** Answers the memories' versions, as far as they are known. */
function fill(
  entry: Entry,
  {
    observations,
    summaries,
    vectors,
  }: {
    observations: readonly IndexedMemoryRow[];
    summaries: readonly IndexedMemoryRow[];
    vectors: readonly IndexedVectorRow[];
  },
): Map<string, number> {
  const written = entry.left?.written ?? new Map<string, number>();
  for (const row of observations) put(entry.observation, row);
  for (const row of summaries) put(entry.summary, row);
  for (const row of [...observations, ...summaries]) written.set(row.id, row.memory_version);
  for (const { kind, memory_id: id, memory_version, vector } of vectors) {
    // Of an earlier text, unless it was written after its memory.
    if (memory_version >= (written.get(id) ?? 0)) entry[kind].putVector(id, toVector(vector));
  }
  return written;
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
