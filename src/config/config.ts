import { resolve } from 'node:path';
import type { DatabaseLocation } from '../storage/index.ts';
import { type ContactTraits, contactTraitsChoices } from './contact-traits.ts';
import { type RawSettings, readSettings } from './env.ts';
import { type GuardCategory, guardCategories } from './guard-categories.ts';

/** An OpenAI-compatible chat endpoint. */
export interface LanguageModelConfig {
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string | undefined;
  /** Tokens of one call, question and answer together. */
  readonly contextTokens: number;
  /** Tokens that an account may use in a day; infinity when there is no limit. */
  readonly dailyTokensMax: number;
}

/** What extraction may write. */
export interface ExtractionConfig {
  /** Sensitive data that memories may hold. */
  readonly allowed: readonly GuardCategory[];
  /** Whether what customers say of themselves fills their empty traits. */
  readonly contactTraits: ContactTraits;
}

/** An OpenAI-compatible embeddings endpoint. */
export interface EndpointEmbeddingsConfig {
  readonly kind: 'endpoint';
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string | undefined;
}

/** A folder with an ONNX model and its tokenizer. */
export interface LocalEmbeddingsConfig {
  readonly kind: 'local';
  readonly folder: string;
}

/** Where vectors come from. */
export type EmbeddingsConfig = (EndpointEmbeddingsConfig | LocalEmbeddingsConfig) & {
  /** How long Recall waits for the vector of a query. */
  readonly timeoutMs: number;
};

/** An account of the messaging provider, with the credential that requests are made with. */
export interface TwilioConfig {
  readonly accountSid: string;
  /** The account itself with its auth token, or an API key with its secret. */
  readonly username: string;
  readonly password: string;
  /** In place of the provider's hosts. */
  readonly baseUrl: string | undefined;
}

/** Where the messages of actions go. */
export type SenderConfig =
  | { readonly kind: 'outbox' }
  | { readonly kind: 'twilio'; readonly twilio: TwilioConfig }
  | { readonly kind: 'webhook'; readonly url: string };

/** Every decision that comes from outside, typed, defaulted and cross-checked, once. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly database: DatabaseLocation;
  /** Undefined parts are made at first start. */
  readonly rootAccount: { readonly sid: string; readonly authToken: string } | undefined;
  readonly publicUrl: string | undefined;
  readonly role: Role;
  readonly clock: 'system' | 'virtual';
  readonly languageModel: LanguageModelConfig | undefined;
  readonly extraction: ExtractionConfig;
  readonly embeddings: EmbeddingsConfig | undefined;
  readonly sender: SenderConfig;
  readonly callbacks: { readonly concurrency: number; readonly timeoutMs: number };
  readonly limits: Limits;
  readonly isAgentConnectCompatible: boolean;
  readonly capture: CaptureConfig;
  readonly jobConcurrency: number;
  readonly bodyMaxBytes: number;
  readonly requestTimeoutMs: number;
  readonly admission: {
    readonly requestsPerSecond: number;
    readonly recallsPerSecond: number;
    readonly accountConcurrency: number;
  };
  readonly logLevel: string;
}

/** What a process does: answer requests, run jobs and timers, or both. */
export type Role = 'all' | 'api' | 'worker';

/** How messages from webhooks become communications. */
export interface CaptureConfig {
  /** Addresses that the root account itself uses. */
  readonly ownedAddresses: readonly string[];
  readonly areMediaPlaceholdersRecorded: boolean;
}

export interface Limits {
  readonly storesMax: number;
  /** Observations, and summaries, a profile keeps; infinity when there is no limit. */
  readonly memoriesMax: number;
  /** Bytes of search indexes that are kept in memory. */
  readonly recallCacheBytes: number;
  /** Configurations of conversations, by account; infinity when there is no limit. */
  readonly configurationsMax: number;
  /** Events are removed at this age. */
  readonly eventsKeepMs: number;
  /** Open at once, by account and server. */
  readonly eventStreamsMax: number;
  /** Status callbacks to private hosts and by http. */
  readonly arePrivateCallbacksAllowed: boolean;
}

/** A setting that cannot be used; the message names each one and what it should be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const authTokenLengthMin = 16;
/** Well within the time that a delivery job has. */
const callbackTimeoutMaxMs = 30_000;
/** A caller waits meanwhile. */
const embeddingsTimeoutMaxMs = 10_000;
/** Below it instructions and answer leave no room; above it a request is longer than we send. */
const contextTokensBounds = [8000, 64_000] as const;
const hourMs = 60 * 60_000;
const accountSidPattern = /^AC[0-9a-f]{32}$/;

/** Reads the environment, with flags (by setting name) in front of it. */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  flags: RawSettings = {},
): Config {
  const { values, problems } = readSettings(env, flags);
  const { accountSid, authToken, databaseUrl, publicUrl } = values;

  if ((accountSid === undefined) !== (authToken === undefined)) {
    problems.push('RAPPORT_ACCOUNT_SID and RAPPORT_AUTH_TOKEN go together: set both or neither');
  }
  if (accountSid !== undefined && !accountSidPattern.test(accountSid)) {
    problems.push('RAPPORT_ACCOUNT_SID must be AC and 32 hexadecimal digits');
  }
  if (authToken !== undefined && authToken.length < authTokenLengthMin) {
    problems.push(`RAPPORT_AUTH_TOKEN must have at least ${authTokenLengthMin} characters`);
  }
  if (databaseUrl !== undefined && !/^postgres(ql)?:/.test(databaseUrl)) {
    problems.push('DATABASE_URL must begin with postgres://; leave it unset for SQLite');
  }
  const role = toRole(values.role);
  if (role !== 'all' && databaseUrl === undefined) {
    problems.push('RAPPORT_ROLE must be all with SQLite, which one process has to itself');
  }
  if (publicUrl !== undefined && !isWebUrl(publicUrl)) {
    problems.push('RAPPORT_PUBLIC_URL must begin with http:// or https://');
  }
  const callbackTimeoutMs = Number(values.callbackTimeoutMs);
  if (callbackTimeoutMs < 1 || callbackTimeoutMs > callbackTimeoutMaxMs) {
    problems.push(`RAPPORT_CALLBACK_TIMEOUT_MS must be between 1 and ${callbackTimeoutMaxMs}`);
  }
  const languageModel = readLanguageModel(values, problems);
  const embeddings = readEmbeddings(values, problems);
  const sender = readSender(values, problems);
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));

  const dataDir = resolve(values.dataDir ?? '');
  return {
    host: values.host ?? '',
    port: Number(values.port),
    dataDir,
    database: databaseUrl
      ? {
          postgresUrl: databaseUrl,
          connectionsMax: Number(values.databaseConnections),
          statementTimeoutMs: Number(values.statementTimeoutMs),
        }
      : { sqliteFile: resolve(dataDir, 'rapport.db') },
    rootAccount: accountSid && authToken ? { sid: accountSid, authToken } : undefined,
    publicUrl: publicUrl?.replace(/\/+$/, ''),
    role,
    clock: values.clock === 'virtual' ? 'virtual' : 'system',
    languageModel,
    extraction: readExtraction(values),
    embeddings,
    sender,
    callbacks: {
      concurrency: Number(values.callbackConcurrency),
      timeoutMs: callbackTimeoutMs,
    },
    limits: {
      storesMax: Number(values.storesMax),
      memoriesMax: toMax(values.memoriesMax),
      configurationsMax: toMax(values.configurationsMax),
      recallCacheBytes: Number(values.recallCacheMb) * 1024 * 1024,
      eventsKeepMs: Number(values.eventsKeepHours) * hourMs,
      eventStreamsMax: Number(values.eventStreamsMax),
      arePrivateCallbacksAllowed: values.allowPrivateCallbacks === 'true',
    },
    capture: {
      ownedAddresses: toList(values.ownedAddresses),
      areMediaPlaceholdersRecorded: values.recordMediaPlaceholders === 'true',
    },
    isAgentConnectCompatible: values.compat === 'agent-connect',
    jobConcurrency: Number(values.jobConcurrency),
    bodyMaxBytes: Number(values.bodyMaxBytes),
    requestTimeoutMs: Number(values.requestTimeoutMs),
    admission: {
      requestsPerSecond: toMax(values.rateLimit),
      recallsPerSecond: toMax(values.recallRateLimit),
      accountConcurrency: toMax(values.accountConcurrency),
    },
    logLevel: values.logLevel ?? '',
  };
}

/** The chat endpoint, when there is one; what it lacks goes to the problems. */
function readLanguageModel(
  { llmBaseUrl: baseUrl, llmModel: model, llmApiKey: apiKey, ...values }: RawSettings,
  problems: string[],
): LanguageModelConfig | undefined {
  const contextTokens = Number(values.llmContextTokens);
  const [min, max] = contextTokensBounds;
  if (contextTokens < min || contextTokens > max)
    problems.push(`RAPPORT_LLM_CONTEXT_TOKENS must be between ${min} and ${max}`);
  if (baseUrl === undefined) return undefined;
  if (!isWebUrl(baseUrl)) problems.push('RAPPORT_LLM_BASE_URL must begin with http:// or https://');
  if (model === undefined) problems.push('RAPPORT_LLM_BASE_URL needs RAPPORT_LLM_MODEL');
  const dailyTokensMax = toMax(values.llmDailyTokens);
  return model === undefined ? undefined : { baseUrl, model, apiKey, contextTokens, dailyTokensMax };
}

function readExtraction({ extractionAllow, extractionContactTraits }: RawSettings): ExtractionConfig {
  const allowed = toList(extractionAllow);
  return {
    allowed: guardCategories.filter((category) => allowed.includes(category)),
    contactTraits: contactTraitsChoices.find((choice) => choice === extractionContactTraits) ?? 'off',
  };
}

function toRole(value: string | undefined): Role {
  return value === 'api' || value === 'worker' ? value : 'all';
}

/** The source of vectors, when there is one; what it lacks goes to the problems. */
function readEmbeddings(
  { embeddingsBaseUrl: baseUrl, embeddingsModel: model, embeddingsLocalDir: folder, ...values }: RawSettings,
  problems: string[],
): EmbeddingsConfig | undefined {
  const timeoutMs = Number(values.embeddingsTimeoutMs);
  if (timeoutMs < 1 || timeoutMs > embeddingsTimeoutMaxMs) {
    problems.push(`RAPPORT_EMBEDDINGS_TIMEOUT_MS must be between 1 and ${embeddingsTimeoutMaxMs}`);
  }
  if (folder !== undefined) {
    if (baseUrl !== undefined) {
      problems.push(
        'RAPPORT_EMBEDDINGS_LOCAL_DIR and RAPPORT_EMBEDDINGS_BASE_URL exclude each other: set one',
      );
    }
    return { kind: 'local', folder: resolve(folder), timeoutMs };
  }
  if (baseUrl === undefined) return undefined;
  if (!isWebUrl(baseUrl)) problems.push('RAPPORT_EMBEDDINGS_BASE_URL must begin with http:// or https://');
  if (model === undefined) problems.push('RAPPORT_EMBEDDINGS_BASE_URL needs RAPPORT_EMBEDDINGS_MODEL');
  if (model === undefined) return undefined;
  return { kind: 'endpoint', baseUrl, model, apiKey: values.embeddingsApiKey, timeoutMs };
}

/** The sender that was chosen; what it lacks goes to the problems. */
function readSender(values: RawSettings, problems: string[]): SenderConfig {
  switch (values.sender) {
    case 'twilio':
      return { kind: 'twilio', twilio: readTwilio(values, problems) };
    case 'webhook':
      if (!isWebUrl(values.senderUrl ?? '')) {
        problems.push(
          'RAPPORT_SENDER=webhook needs RAPPORT_SENDER_URL, which must begin with http:// or https://',
        );
      }
      return { kind: 'webhook', url: values.senderUrl ?? '' };
    default:
      return { kind: 'outbox' };
  }
}

function readTwilio(
  { twilioAccountSid = '', twilioAuthToken, twilioApiKey, twilioApiSecret, twilioBaseUrl }: RawSettings,
  problems: string[],
): TwilioConfig {
  if (!accountSidPattern.test(twilioAccountSid)) {
    problems.push(
      'RAPPORT_SENDER=twilio needs RAPPORT_TWILIO_ACCOUNT_SID, which must be AC and 32 hexadecimal digits',
    );
  }
  const key = twilioApiKey && twilioApiSecret ? [twilioApiKey, twilioApiSecret] : undefined;
  const token = twilioAuthToken ? [twilioAccountSid, twilioAuthToken] : undefined;
  if ((twilioApiKey === undefined) !== (twilioApiSecret === undefined)) {
    problems.push('RAPPORT_TWILIO_API_KEY and RAPPORT_TWILIO_API_SECRET go together: set both or neither');
  } else if (!key && !token) {
    problems.push('RAPPORT_SENDER=twilio needs RAPPORT_TWILIO_AUTH_TOKEN, or an API key and its secret');
  }
  if (twilioBaseUrl !== undefined && !isWebUrl(twilioBaseUrl)) {
    problems.push('RAPPORT_TWILIO_BASE_URL must begin with http:// or https://');
  }
  const [username = '', password = ''] = key ?? token ?? [];
  return { accountSid: twilioAccountSid, username, password, baseUrl: twilioBaseUrl?.replace(/\/+$/, '') };
}

/** 0 stands for no limit. */
function toMax(text: string | undefined): number {
  return Number(text) > 0 ? Number(text) : Number.POSITIVE_INFINITY;
}

function toList(text: string | undefined): string[] {
  const items = (text ?? '').split(',').map((item) => item.trim());
  return items.filter((item) => item !== '');
}

function isWebUrl(url: string): boolean {
  return /^https?:\/\//i.test(url);
}
