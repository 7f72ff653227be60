import type { ExtractorStamp } from '../memory/index.ts';

/** One message as extraction sees it. */
export interface Turn {
  /** Position in the conversation, from 0. */
  readonly index: number;
  /** `customer` is the one whose profile is written to; `other` is any further customer. */
  readonly side: 'customer' | 'agent' | 'other';
  readonly text: string;
  /** Milliseconds. */
  readonly occurredAt: number;
  /** Not taken in by an earlier extraction. Older turns give context. */
  readonly isNew: boolean;
}

/** An observation that the profile holds. */
export interface Known {
  readonly id: string;
  readonly content: string;
  /** An earlier reading of the same messages made it; this reading puts it into better words. */
  readonly isReplaced?: boolean;
}

export interface ExtractionRequest {
  /** As a participant is called in the conversation; undefined when that is no more than an address. */
  readonly customerName: string | undefined;
  readonly turns: readonly Turn[];
  /** Whether the conversation has ended and a summary of all of it is due. */
  readonly wantsSummary: boolean;
  /** What the profile holds, what an extractor should see first coming first; nothing when left out. */
  readonly known?: readonly Known[];
  /** The caller can ask again later: what may be back by then is thrown instead of done without. */
  readonly mayRetry?: boolean;
  readonly signal: AbortSignal;
}

export interface Candidate {
  readonly content: string;
  /** When the message was sent that states it, in milliseconds. */
  readonly occurredAt: number;
  /** Positions of the messages that it draws on, ascending. */
  readonly evidence: readonly number[];
  /** The known observation that it puts right or adds to. */
  readonly updates?: Known | undefined;
}

export interface Extracted {
  /** In the order in which the facts came up. */
  readonly observations: readonly Candidate[];
  readonly summary: string | undefined;
  /** Who read it. */
  readonly by: ExtractorStamp;
}

/** Reads a conversation. The rules for what becomes of the candidates are the caller's. */
export interface Extractor {
  extract(request: ExtractionRequest): Promise<Extracted>;
}
