import type { Reader } from '../../storage/index.ts';

/** One side of a communication, as Recall shows it (memory-v1.yaml, Participant). */
export interface RecalledParty {
  readonly id: string;
  readonly name: string;
  /** Left out rather than UNKNOWN, which one client cannot parse. */
  readonly type?: string;
  readonly profileId?: string;
  readonly address: string;
  readonly channel: string;
  /** On recipients only. */
  readonly deliveryStatus?: string;
}

/** A message of a conversation, as Recall shows it (memory-v1.yaml, Communication). Times in milliseconds. */
export interface RecalledCommunication {
  readonly id: string;
  readonly channelId?: string;
  readonly text: string;
  readonly author: RecalledParty;
  readonly recipients: readonly RecalledParty[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * Where Recall gets communications from. Memory does not know conversations: the application hands in an implementation,
 * and a server with memory alone hands in none.
 */
export interface CommunicationSource {
  /**
   * The latest `limit` communications of the conversation with `beginMs <= createdAt < endMs`, oldest first; empty when the
   * account has no such conversation.
   */
  latest(
    reader: Reader,
    query: {
      readonly accountId: string;
      readonly conversationId: string;
      readonly limit: number;
      readonly beginMs?: number | undefined;
      readonly endMs?: number | undefined;
    },
  ): Promise<RecalledCommunication[]>;
}
