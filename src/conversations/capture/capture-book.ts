import type { Reader } from '../../storage/index.ts';
import {
  type Configuration,
  findConfigurationStamp,
  listAllConfigurations,
} from '../configurations/index.ts';
import {
  type CaptureSubject,
  type ComparableRule,
  captureChannels,
  isCapturedBy,
  toComparableRule,
  toComparableSubject,
} from './capture-rule.ts';

/** The configurations of an account with their capture rules, as they were at one moment. */
export interface CaptureBook {
  find(configurationId: string): Configuration | undefined;
  /** The configurations that capture a message, in the order of their ids. */
  capturing(subject: CaptureSubject): Configuration[];
}

/**
 * The books of all accounts, kept in the process. Each message asks for its account's stamp, one row by its key; only when that
 * is another one are the configurations read and their rules made comparable again.
 */
export interface CaptureBooks {
  /** The account's book as of now. */
  open(reader: Reader, accountId: string): Promise<CaptureBook>;
}

/** Accounts whose books are kept; past it, the one that was read in first goes. */
const booksMax = 500;

export function createCaptureBooks(): CaptureBooks {
  const books = new Map<string, { stamp: string | undefined; book: CaptureBook }>();
  return {
    async open(reader, accountId) {
      // The stamp is read first: what was written since then is found by the next look.
      const stamp = await findConfigurationStamp(reader, accountId);
      const kept = books.get(accountId);
      if (kept && kept.stamp === stamp) return kept.book;
      const book = toBook(await listAllConfigurations(reader, accountId));
      if (!kept && books.size >= booksMax) books.delete(books.keys().next().value ?? '');
      books.set(accountId, { stamp, book });
      return book;
    },
  };
}

function toBook(configurations: readonly Configuration[]): CaptureBook {
  const byId = new Map(configurations.map((configuration) => [configuration.id, configuration]));
  const rules = new Map(
    captureChannels.map((channel) => [
      channel,
      configurations.map((configuration) => ({ configuration, rules: rulesOf(configuration, channel) })),
    ]),
  );
  return {
    find: (configurationId) => byId.get(configurationId),
    capturing(subject) {
      const comparable = toComparableSubject(subject);
      return (rules.get(subject.channel) ?? [])
        .filter(
          ({ configuration, rules }) =>
            rules.some((rule) => isCapturedBy(rule, comparable)) || isBridged(configuration, subject),
        )
        .map(({ configuration }) => configuration);
    },
  };
}

/** None when the configuration has no settings for the channel, which is not captured then. */
function rulesOf({ settings }: Configuration, channel: string): ComparableRule[] {
  const { captureRules = [] } = settings.channelSettings[channel] ?? {};
  return captureRules.map((rule) => toComparableRule(channel, rule));
}

/** The classic bridge needs no rules: its configuration captures every chat of its service. */
function isBridged({ settings }: Configuration, { channel, metadata }: CaptureSubject): boolean {
  const bridge = settings.conversationsV1Bridge;
  return channel === 'CHAT' && bridge !== undefined && metadata['chatService'] === bridge.serviceId;
}
