import { errors } from '../../errors/index.ts';
import type { GroupingType } from '../grouping.ts';
import type { StatusTimeouts } from '../lifecycle.ts';
import type {
  ChannelSettingInput,
  ConfigurationCreate,
  ConfigurationPatch,
  ConfigurationReplace,
  StatusCallbackInput,
} from './configuration.wire.ts';

export interface CaptureRule {
  readonly from: string;
  readonly to: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface ChannelSetting {
  /** Left out when the channel has no timers. */
  readonly statusTimeouts?: StatusTimeouts;
  readonly captureRules: readonly CaptureRule[];
}

export interface StatusCallback {
  readonly url: string;
  readonly method: string;
}

/**
 * What a configuration says, in one form however it was written: defaults filled in, unknown members gone. A conversation
 * keeps a copy from the moment it is created.
 */
export interface ConfigurationSettings {
  readonly displayName: string;
  readonly description: string;
  readonly conversationGroupingType: GroupingType;
  readonly memoryStoreId: string;
  readonly channelSettings: Readonly<Record<string, ChannelSetting>>;
  readonly statusCallbacks: readonly StatusCallback[];
  readonly intelligenceConfigurationIds: readonly string[];
  readonly traitExtractionStrategyIds?: readonly string[];
  readonly observationExtractionStrategyIds?: readonly string[];
  readonly memoryExtractionEnabled: boolean;
  readonly conversationsV1Bridge?: { readonly serviceId: string };
}

export interface Configuration {
  readonly id: string;
  readonly accountId: string;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly settings: ConfigurationSettings;
}

/** The settings that a create body asks for. */
export function toSettings(draft: ConfigurationCreate): ConfigurationSettings {
  const { conversationsV1Bridge, traitExtractionStrategyIds, observationExtractionStrategyIds } = draft;
  return {
    displayName: draft.displayName,
    description: draft.description ?? '',
    conversationGroupingType: draft.conversationGroupingType,
    memoryStoreId: draft.memoryStoreId,
    channelSettings: toChannelSettings(draft.channelSettings ?? {}),
    statusCallbacks: toCallbacks(draft.statusCallbacks ?? []),
    intelligenceConfigurationIds: draft.intelligenceConfigurationIds ?? [],
    ...(traitExtractionStrategyIds ? { traitExtractionStrategyIds } : {}),
    ...(observationExtractionStrategyIds ? { observationExtractionStrategyIds } : {}),
    memoryExtractionEnabled: draft.memoryExtractionEnabled ?? false,
    ...(conversationsV1Bridge
      ? { conversationsV1Bridge: { serviceId: conversationsV1Bridge.serviceId } }
      : {}),
  };
}

/** Members that PUT requires (conversations-semantics section 2). */
const replaceRequires = [
  'conversationGroupingType',
  'channelSettings',
  'description',
  'memoryStoreId',
] as const;

/** The settings after a PUT: the body's alone, but for the display name, which an update may leave out. */
export function replaceSettings(
  current: ConfigurationSettings,
  body: ConfigurationReplace,
): ConfigurationSettings {
  const { conversationGroupingType, memoryStoreId } = body;
  const missing = replaceRequires.filter((name) => body[name] === undefined);
  if (missing.length > 0 || conversationGroupingType === undefined || memoryStoreId === undefined) {
    throw errors.invalidRequest(
      missing.map((name) => `${name}: must not be null`).join('; '),
      missing.map((name) => ({ pointer: `/${name}`, detail: 'must not be null' })),
    );
  }
  return toSettings({
    ...body,
    conversationGroupingType,
    memoryStoreId,
    displayName: body.displayName ?? current.displayName,
  });
}

/**
 * The settings after a PATCH: members that are present replace theirs as a whole and null takes a value away. In
 * `channelSettings` the same holds for each channel.
 */
export function patchSettings(
  current: ConfigurationSettings,
  patch: ConfigurationPatch,
): ConfigurationSettings {
  const { channelSettings = {}, ...members } = patch;
  const cleared = Object.fromEntries(
    Object.entries(members).map(([name, value]) => [name, value ?? undefined]),
  );
  const channels = Object.entries({ ...current.channelSettings, ...channelSettings }).filter(
    ([, setting]) => setting !== null,
  );
  // What the patch leaves alone is valid already, and the schema has checked the rest; null has become absent.
  return toSettings({
    ...current,
    ...cleared,
    channelSettings: Object.fromEntries(channels),
  } as ConfigurationCreate);
}

export function toCallbacks(callbacks: readonly StatusCallbackInput[]): StatusCallback[] {
  return callbacks.map(({ url, method }) => ({ url, method: method ?? 'POST' }));
}

function toChannelSettings(
  settings: Readonly<Record<string, ChannelSettingInput>>,
): Record<string, ChannelSetting> {
  return Object.fromEntries(
    Object.entries(settings).map(([channel, setting]) => [channel, toChannelSetting(setting)]),
  );
}

function toChannelSetting({ statusTimeouts, captureRules = [] }: ChannelSettingInput): ChannelSetting {
  return {
    ...(statusTimeouts
      ? { statusTimeouts: { ...inactiveOf(statusTimeouts), closed: statusTimeouts.closed } }
      : {}),
    captureRules: captureRules.map(({ from, to, metadata }) => ({
      from,
      to,
      ...(metadata ? { metadata } : {}),
    })),
  };
}

function inactiveOf({ inactive }: { inactive?: number | null }): { inactive?: number } {
  return inactive ? { inactive } : {};
}
