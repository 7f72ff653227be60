import { contactTraitsChoices } from './contact-traits.ts';
import { guardCategories } from './guard-categories.ts';

/** One environment variable, which is also a flag of `rapport serve`. `docs/configuration.md` lists them all. */
export interface Setting {
  readonly env: string;
  readonly kind: 'text' | 'secret' | 'url' | 'port' | 'count' | 'choice' | 'choices' | 'flag';
  readonly default?: string;
  readonly choices?: readonly string[];
  /** The least that a count may be; 0 where it is not said. */
  readonly min?: number;
  /** The most that it may be. */
  readonly max?: number;
  readonly description: string;
}

/** A timer that should wait longer than 24 days would fire at once; a day is more than anybody waits. */
const dayMs = 24 * 60 * 60_000;

/** The flag of a setting: `RAPPORT_DATA_DIR` is `--data-dir`. */
export function flagOf(setting: Setting): string {
  return `--${setting.env
    .replace(/^RAPPORT_/, '')
    .toLowerCase()
    .replaceAll('_', '-')}`;
}

export const settings = {
  port: { env: 'PORT', kind: 'port', default: '8787', description: 'Port to listen on; 0 takes a free one.' },
  host: { env: 'HOST', kind: 'text', default: '127.0.0.1', description: 'Address to listen on.' },
  dataDir: {
    env: 'RAPPORT_DATA_DIR',
    kind: 'text',
    default: './data',
    description: 'Folder of the SQLite database and of the credentials made at first start.',
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    kind: 'url',
    description: 'postgres://... stores everything in PostgreSQL; unset: SQLite in the data directory.',
  },
  databaseConnections: {
    env: 'RAPPORT_DATABASE_CONNECTIONS',
    kind: 'count',
    default: '10',
    // A transaction has one to itself while reads go on.
    min: 2,
    description: 'Connections to PostgreSQL that this process has open at once, 2 or more.',
  },
  statementTimeoutMs: {
    env: 'RAPPORT_STATEMENT_TIMEOUT_MS',
    kind: 'count',
    default: '30000',
    min: 1,
    max: dayMs,
    description:
      'Milliseconds, 1 to 86400000, after which PostgreSQL ends a statement, and the request answers 503. Schema changes are exempt.',
  },
  role: {
    env: 'RAPPORT_ROLE',
    kind: 'choice',
    choices: ['all', 'api', 'worker'],
    default: 'all',
    description:
      'What this process does of the work of many on one PostgreSQL: api answers requests, worker runs jobs and timers, all does both.',
  },
  accountSid: {
    env: 'RAPPORT_ACCOUNT_SID',
    kind: 'text',
    description:
      'SID of the root account (AC and 32 hexadecimal digits). Unset: made at first start and kept in the data directory.',
  },
  authToken: {
    env: 'RAPPORT_AUTH_TOKEN',
    kind: 'secret',
    description:
      'Auth token of the root account, 16 characters or more. Unset: made at first start and kept in the data directory.',
  },
  publicUrl: {
    env: 'RAPPORT_PUBLIC_URL',
    kind: 'url',
    description:
      'Origin under which callers reach the server, for absolute URLs in answers. Unset: what each request says.',
  },
  clock: {
    env: 'RAPPORT_CLOCK',
    kind: 'choice',
    choices: ['system', 'virtual'],
    default: 'system',
    description:
      'virtual: a clock that starts at the current time and moves only by POST /rapport/v1/clock/advance.',
  },
  llmBaseUrl: {
    env: 'RAPPORT_LLM_BASE_URL',
    kind: 'url',
    description:
      'OpenAI-compatible endpoint that extracts memories, such as http://127.0.0.1:11434/v1. Unset: extraction works offline by rules.',
  },
  llmModel: {
    env: 'RAPPORT_LLM_MODEL',
    kind: 'text',
    description: 'Model to ask for; needed with RAPPORT_LLM_BASE_URL.',
  },
  llmApiKey: {
    env: 'RAPPORT_LLM_API_KEY',
    kind: 'secret',
    description: 'Bearer key for that endpoint, if it wants one.',
  },
  llmContextTokens: {
    env: 'RAPPORT_LLM_CONTEXT_TOKENS',
    kind: 'count',
    default: '32000',
    description:
      'Tokens that the model reads and writes at once, 8000 to 64000; longer conversations are read in parts.',
  },
  llmDailyTokens: {
    env: 'RAPPORT_LLM_DAILY_TOKENS',
    kind: 'count',
    default: '0',
    description:
      'Tokens that an account may use in a day (UTC); past it extraction works by rules. 0: no limit.',
  },
  extractionAllow: {
    env: 'RAPPORT_EXTRACTION_ALLOW',
    kind: 'choices',
    choices: guardCategories,
    description:
      'Sensitive data that extraction may put into memories, joined with commas; see docs/extraction.md. Unset: none of it.',
  },
  extractionContactTraits: {
    env: 'RAPPORT_EXTRACTION_CONTACT_TRAITS',
    kind: 'choice',
    choices: contactTraitsChoices,
    default: 'off',
    description:
      'Whether name, e-mail address, phone number and address that customers state fill empty Contact traits. unclaimed: unless they identify another profile; resolve: always, which may merge the two.',
  },
  embeddingsBaseUrl: {
    env: 'RAPPORT_EMBEDDINGS_BASE_URL',
    kind: 'url',
    description:
      'OpenAI-compatible endpoint whose vectors help Recall, such as http://127.0.0.1:11434/v1. Unset: Recall goes by words alone.',
  },
  embeddingsModel: {
    env: 'RAPPORT_EMBEDDINGS_MODEL',
    kind: 'text',
    description: 'Embedding model to ask for; needed with RAPPORT_EMBEDDINGS_BASE_URL.',
  },
  embeddingsApiKey: {
    env: 'RAPPORT_EMBEDDINGS_API_KEY',
    kind: 'secret',
    description: 'Bearer key for that endpoint, if it wants one.',
  },
  embeddingsLocalDir: {
    env: 'RAPPORT_EMBEDDINGS_LOCAL_DIR',
    kind: 'text',
    description:
      'Folder with model.onnx and tokenizer.json, whose vectors help Recall in place of an endpoint; needs packages that are installed by hand.',
  },
  embeddingsTimeoutMs: {
    env: 'RAPPORT_EMBEDDINGS_TIMEOUT_MS',
    kind: 'count',
    default: '500',
    description:
      'Milliseconds that Recall waits for the vector of a query, 10000 at most; then it goes by words alone.',
  },
  sender: {
    env: 'RAPPORT_SENDER',
    kind: 'choice',
    choices: ['outbox', 'twilio', 'webhook'],
    default: 'outbox',
    description:
      'Where the messages of actions go: into the local outbox, which sends nothing; to Twilio; or to a URL of your own.',
  },
  senderUrl: {
    env: 'RAPPORT_SENDER_URL',
    kind: 'url',
    description: 'Where the webhook sender posts each message, signed; needed with RAPPORT_SENDER=webhook.',
  },
  twilioAccountSid: {
    env: 'RAPPORT_TWILIO_ACCOUNT_SID',
    kind: 'text',
    description:
      'Twilio account that sends (AC and 32 hexadecimal digits); needed with RAPPORT_SENDER=twilio.',
  },
  twilioAuthToken: {
    env: 'RAPPORT_TWILIO_AUTH_TOKEN',
    kind: 'secret',
    description: 'Auth token of that account; or give an API key.',
  },
  twilioApiKey: {
    env: 'RAPPORT_TWILIO_API_KEY',
    kind: 'text',
    description: 'SID of an API key of that account; comes before the auth token.',
  },
  twilioApiSecret: {
    env: 'RAPPORT_TWILIO_API_SECRET',
    kind: 'secret',
    description: 'Secret of that API key.',
  },
  twilioBaseUrl: {
    env: 'RAPPORT_TWILIO_BASE_URL',
    kind: 'url',
    description: "Origin in place of Twilio's own hosts: a proxy, or a stand-in for tests.",
  },
  storesMax: {
    env: 'RAPPORT_STORES_MAX',
    kind: 'count',
    default: '15',
    description: 'Memory stores an account may have.',
  },
  memoriesMax: {
    env: 'RAPPORT_MEMORIES_MAX',
    kind: 'count',
    default: '0',
    description: 'Observations, and summaries, that a profile keeps; past it the oldest goes. 0: no limit.',
  },
  configurationsMax: {
    env: 'RAPPORT_CONFIGURATIONS_MAX',
    kind: 'count',
    default: '0',
    description: 'Configurations of conversations that an account may have. 0: no limit.',
  },
  eventsKeepHours: {
    env: 'RAPPORT_EVENTS_KEEP_HOURS',
    kind: 'count',
    default: '72',
    min: 1,
    description:
      'Hours for which events of conversations can be streamed again, and for which dead callbacks can be replayed; 1 or more.',
  },
  eventStreamsMax: {
    env: 'RAPPORT_EVENT_STREAMS_MAX',
    kind: 'count',
    default: '100',
    description: 'Event streams that an account may have open at once on this server.',
  },
  recallCacheMb: {
    env: 'RAPPORT_RECALL_CACHE_MB',
    kind: 'count',
    default: '64',
    description:
      'Mebibytes of search indexes that are kept in memory. Profiles that were not asked for longest go first and are indexed anew when they are.',
  },
  ownedAddresses: {
    env: 'RAPPORT_OWNED_ADDRESSES',
    kind: 'text',
    description:
      'Numbers and senders that the root account itself uses, joined with commas: in captured messages they are the agent. `rapport addresses add` registers more.',
  },
  recordMediaPlaceholders: {
    env: 'RAPPORT_RECORD_MEDIA_PLACEHOLDERS',
    kind: 'flag',
    default: 'false',
    description:
      'true: a captured message that has media and no text is recorded with their types as its text, such as [image/jpeg].',
  },
  compat: {
    env: 'RAPPORT_COMPAT',
    kind: 'choice',
    choices: ['none', 'agent-connect'],
    default: 'none',
    description:
      'agent-connect: answers READ as DELIVERED and leaves VIDEO addresses out, for clients that cannot parse them.',
  },
  allowPrivateCallbacks: {
    env: 'RAPPORT_ALLOW_PRIVATE_CALLBACKS',
    kind: 'flag',
    default: 'false',
    description:
      'true: status callbacks may go to private hosts and by http. For development and for closed networks.',
  },
  callbackConcurrency: {
    env: 'RAPPORT_CALLBACK_CONCURRENCY',
    kind: 'count',
    default: '64',
    min: 1,
    description:
      'Status callbacks that are on their way at once, 1 or more; an eighth of them to one receiver.',
  },
  callbackTimeoutMs: {
    env: 'RAPPORT_CALLBACK_TIMEOUT_MS',
    kind: 'count',
    default: '15000',
    description: 'Milliseconds in which the receiver of a status callback must have answered, 30000 at most.',
  },
  jobConcurrency: {
    env: 'RAPPORT_JOB_CONCURRENCY',
    kind: 'count',
    default: '4',
    min: 1,
    description: 'Background jobs that run at once, 1 or more.',
  },
  rateLimit: {
    env: 'RAPPORT_RATE_LIMIT',
    kind: 'count',
    default: '0',
    description:
      'Requests a second that one API key, or the account itself, may make of this process, Recall apart. 0: no limit.',
  },
  recallRateLimit: {
    env: 'RAPPORT_RECALL_RATE_LIMIT',
    kind: 'count',
    default: '0',
    description: 'The same for Recall. 0: no limit.',
  },
  accountConcurrency: {
    env: 'RAPPORT_ACCOUNT_CONCURRENCY',
    kind: 'count',
    default: '256',
    description:
      'Requests that an account may have under way at once in this process; more are refused with 429. 0: no limit.',
  },
  requestTimeoutMs: {
    env: 'RAPPORT_REQUEST_TIMEOUT_MS',
    kind: 'count',
    default: '120000',
    min: 1,
    max: dayMs,
    description:
      'Milliseconds, 1 to 86400000, in which a request must have arrived, body and all; then its connection is closed with 408.',
  },
  bodyMaxBytes: {
    env: 'RAPPORT_BODY_MAX_BYTES',
    kind: 'count',
    default: '1048576',
    description:
      'Largest request body in bytes, also after decompression. Communications, whose text may be 8 MiB long, have a limit of their own.',
  },
  logLevel: {
    env: 'RAPPORT_LOG_LEVEL',
    kind: 'choice',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    description: 'What is logged, as JSON lines on stderr.',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
