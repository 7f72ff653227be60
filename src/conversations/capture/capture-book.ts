import type { Reader } from '../../storage/index.ts';
import {
  type Configuration,
  findConfigurationStamp,
  listAllConfigurations,
} from '../configurations/index.ts';
import {
  any,
  type CaptureSubject,
  type ComparableRule,
  type ComparableSubject,
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

/** A rule of a configuration. */
interface Entry {
  readonly configuration: Configuration;
  readonly channel: string;
  readonly rule: ComparableRule;
}

/** Rules are found by their channel and ends: four look-ups for a message, however many rules there are. */
function toBook(configurations: readonly Configuration[]): CaptureBook {
  const byId = new Map(configurations.map((configuration) => [configuration.id, configuration]));
  const byEnds = Map.groupBy(configurations.flatMap(entriesOf), ({ channel, rule }) =>
    endsKey(channel, rule),
  );
  return {
    find: (configurationId) => byId.get(configurationId),
    capturing(subject) {
      const comparable = toComparableSubject(subject);
      const matching = endsOf(comparable)
        .flatMap((ends) => byEnds.get(endsKey(subject.channel, ends)) ?? [])
        .filter(({ rule }) => isCapturedBy(rule, comparable));
      const captured = new Set(matching.map(({ configuration }) => configuration.id));
      return configurations.filter(
        (configuration) => captured.has(configuration.id) || isBridged(configuration, subject),
      );
    },
  };
}

/** None for a channel that the configuration has no settings for: it is not captured. */
function entriesOf(configuration: Configuration): Entry[] {
  return captureChannels.flatMap((channel) => {
    const { captureRules = [] } = configuration.settings.channelSettings[channel] ?? {};
    return captureRules.map((rule) => ({ configuration, channel, rule: toComparableRule(channel, rule) }));
  });
}

type Ends = Pick<ComparableRule, 'from' | 'to'>;

/** The ends of every rule that can match. */
function endsOf({ from, to }: ComparableSubject): Ends[] {
  return [from, any].flatMap((end) => [...new Set([...to, any])].map((other) => ({ from: end, to: other })));
}

/** Ends that share a key by chance are told apart by the rules themselves. */
function endsKey(channel: string, { from, to }: Ends): string {
  return `${channel}\n${from}\n${to}`;
}

/** The classic bridge needs no rules: its configuration captures every chat of its service. */
function isBridged({ settings }: Configuration, { channel, metadata }: CaptureSubject): boolean {
  const bridge = settings.conversationsV1Bridge;
  return channel === 'CHAT' && bridge !== undefined && metadata['chatService'] === bridge.serviceId;
}
