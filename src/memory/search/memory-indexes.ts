import { decodeJson, type Reader } from '../../storage/index.ts';
import { toDocument } from './document.ts';
import { MemoryIndex } from './memory-index.ts';
import {
  findMemoryVersion,
  type IndexedMemoryRow,
  listObservationsSince,
  listSummariesSince,
} from './memory-version.store.ts';

/** What can be searched of a profile. */
export interface ProfileIndexes {
  readonly observation: MemoryIndex;
  readonly summary: MemoryIndex;
}

interface Entry extends ProfileIndexes {
  /** The profile's version that the indexes hold. */
  version: number;
  bytes: number;
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
  #bytes = 0;

  constructor({ bytesMax }: { bytesMax: number }) {
    this.#bytesMax = bytesMax;
  }

  /** For the metrics page. */
  get size(): { readonly profiles: number; readonly bytes: number } {
    return { profiles: this.#entries.size, bytes: this.#bytes };
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
    const entry =
      isUsable && known
        ? known
        : { observation: new MemoryIndex(), summary: new MemoryIndex(), version, bytes: 0 };
    for (const row of observations) put(entry.observation, row);
    for (const row of summaries) put(entry.summary, row);
    entry.version = version;
    this.#touch(profileId, entry);
    return entry;
  }

  /** The newest use is last. */
  #touch(profileId: string, entry: Entry): void {
    this.#drop(profileId);
    entry.bytes = entry.observation.bytes + entry.summary.bytes;
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
  }
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
