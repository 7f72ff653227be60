import Type, { type Static } from 'typebox';
import { pageOf, pageParameters, Timestamp } from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import { groupingTypes } from '../grouping.ts';
import type { Configuration } from './configuration-settings.ts';

/** Schemas of conversations-v2.yaml, tag Configuration. */
export const displayNameLengthMax = 32;
const descriptionLengthMax = 512;
const idLengthMax = 256;
const captureRulesMax = 100;
const captureRuleMetadataMax = 20;
const captureRuleTextLengthMax = 512;
const addressLengthMax = 254;
const urlLengthMax = 2048;
/** Callbacks that a configuration may be given; one conversation may get more. */
const configurationCallbacksMax = 2;
export const conversationCallbacksMax = 20;
const intelligenceConfigurationsMax = 5;
const strategiesMax = 1;
/** A hundred years; a conversation ends after three at the latest. */
const timeoutMinutesMax = 52_560_000;

/** Channels that settings can be made for; VIDEO and EMAIL are kept and play no part in capture. */
const settingsChannels = ['VOICE', 'SMS', 'RCS', 'WHATSAPP', 'CHAT', 'VIDEO', 'EMAIL'] as const;

const DisplayName = Type.String({
  minLength: 1,
  maxLength: displayNameLengthMax,
  pattern: '^[a-zA-Z0-9-_ ]+$',
});
const Description = Type.String({ maxLength: descriptionLengthMax });
const GroupingTypeName = Type.Enum(groupingTypes);
const Id = Type.String({ minLength: 1, maxLength: idLengthMax });
const Minutes = Type.Integer({ minimum: 1, maximum: timeoutMinutesMax });

const StatusTimeouts = Type.Object(
  { inactive: Type.Optional(Type.Union([Minutes, Type.Null()])), closed: Minutes },
  { description: 'Minutes since the last communication.' },
);

const CaptureRule = Type.Object({
  from: Type.String({ minLength: 1, maxLength: addressLengthMax, description: 'Sender, or * for any.' }),
  to: Type.String({ minLength: 1, maxLength: addressLengthMax, description: 'Recipient, or * for any.' }),
  metadata: Type.Optional(
    Type.Record(Type.String(), Type.String({ maxLength: captureRuleTextLengthMax }), {
      maxProperties: captureRuleMetadataMax,
      description: 'Further conditions, such as callType or chatService.',
    }),
  ),
});

export const ChannelSettingInput = Type.Object({
  statusTimeouts: Type.Optional(Type.Union([StatusTimeouts, Type.Null()])),
  captureRules: Type.Optional(Type.Array(CaptureRule, { maxItems: captureRulesMax })),
});
export type ChannelSettingInput = Static<typeof ChannelSettingInput>;

const byChannel = { propertyNames: { enum: [...settingsChannels] } };
const ChannelSettingsInput = Type.Record(Type.String(), ChannelSettingInput, byChannel);

export const StatusCallbackInput = Type.Object({
  url: Type.String({ format: 'uri', pattern: '^[Hh][Tt][Tt][Pp][Ss]?://', maxLength: urlLengthMax }),
  method: Type.Optional(Type.Enum(['POST', 'GET', 'PUT', 'DELETE', 'PATCH'])),
});
export type StatusCallbackInput = Static<typeof StatusCallbackInput>;

const Callbacks = Type.Array(StatusCallbackInput, { maxItems: configurationCallbacksMax });
const Bridge = Type.Object({ serviceId: Type.String({ pattern: '^IS[0-9a-f]{32}$' }) });
const Strategies = Type.Array(Id, { maxItems: strategiesMax });
const IntelligenceConfigurations = Type.Array(Id, { maxItems: intelligenceConfigurationsMax });

/** What a conversation may be given in place of its configuration's own. */
export const overridableSettings = {
  intelligenceConfigurationIds: Type.Optional(IntelligenceConfigurations),
  traitExtractionStrategyIds: Type.Optional(Strategies),
  observationExtractionStrategyIds: Type.Optional(Strategies),
};

const optionalSettings = {
  ...overridableSettings,
  statusCallbacks: Type.Optional(Callbacks),
  memoryExtractionEnabled: Type.Optional(Type.Boolean()),
  conversationsV1Bridge: Type.Optional(Bridge),
};

/** `description` may be left out, as the setup wizard does when it is blank. */
export const ConfigurationCreate = Type.Object({
  displayName: DisplayName,
  description: Type.Optional(Description),
  conversationGroupingType: GroupingTypeName,
  memoryStoreId: Id,
  channelSettings: Type.Optional(ChannelSettingsInput),
  ...optionalSettings,
});
export type ConfigurationCreate = Static<typeof ConfigurationCreate>;

/** The first four are required, which the rule checks, so that its error names all that are missing. */
export const ConfigurationReplace = Type.Object({
  conversationGroupingType: Type.Optional(GroupingTypeName),
  channelSettings: Type.Optional(ChannelSettingsInput),
  description: Type.Optional(Description),
  memoryStoreId: Type.Optional(Id),
  displayName: Type.Optional(DisplayName),
  ...optionalSettings,
});
export type ConfigurationReplace = Static<typeof ConfigurationReplace>;

export const ConfigurationPatch = Type.Object({
  displayName: Type.Optional(DisplayName),
  description: Type.Optional(Type.Union([Description, Type.Null()])),
  conversationGroupingType: Type.Optional(GroupingTypeName),
  memoryStoreId: Type.Optional(Id),
  channelSettings: Type.Optional(
    Type.Record(Type.String(), Type.Union([ChannelSettingInput, Type.Null()]), byChannel),
  ),
  statusCallbacks: Type.Optional(Type.Union([Callbacks, Type.Null()])),
  intelligenceConfigurationIds: Type.Optional(Type.Union([IntelligenceConfigurations, Type.Null()])),
  traitExtractionStrategyIds: Type.Optional(Type.Union([Strategies, Type.Null()])),
  observationExtractionStrategyIds: Type.Optional(Type.Union([Strategies, Type.Null()])),
  memoryExtractionEnabled: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  conversationsV1Bridge: Type.Optional(Type.Union([Bridge, Type.Null()])),
});
export type ConfigurationPatch = Static<typeof ConfigurationPatch>;

export const ConfigurationPath = Type.Object({ id: Type.String() });
export const ConfigurationQuery = Type.Object({
  ...pageParameters,
  memoryStoreId: Type.Optional(Type.String()),
});

const ChannelSetting = Type.Object({
  statusTimeouts: Type.Optional(Type.Object({ inactive: Type.Optional(Minutes), closed: Minutes })),
  captureRules: Type.Array(CaptureRule),
});

const settings = {
  displayName: Type.String(),
  description: Type.String(),
  conversationGroupingType: GroupingTypeName,
  memoryStoreId: Type.String(),
  channelSettings: Type.Record(Type.String(), ChannelSetting),
  statusCallbacks: Type.Array(Type.Object({ url: Type.String(), method: Type.String() })),
  intelligenceConfigurationIds: Type.Array(Type.String()),
  traitExtractionStrategyIds: Type.Optional(Type.Array(Type.String())),
  observationExtractionStrategyIds: Type.Optional(Type.Array(Type.String())),
  memoryExtractionEnabled: Type.Boolean(),
  conversationsV1Bridge: Type.Optional(Bridge),
};

/** A configuration as a conversation keeps and answers it: without id, version and times. */
export const ConfigurationSnapshot = Type.Object(settings);

export const ConfigurationReply = Type.Object({
  id: Type.String(),
  ...settings,
  createdAt: Timestamp,
  updatedAt: Timestamp,
  version: Type.Integer(),
});

export const configurationList = { key: 'configurations', sortKey: ['text'], sizeMax: 1000 } as const;
export const ConfigurationList = pageOf(configurationList.key, ConfigurationReply);

export function toWire({
  id,
  version,
  createdAt,
  updatedAt,
  settings,
}: Configuration): Static<typeof ConfigurationReply> {
  return {
    id,
    // The stored settings are already in the form of the API.
    ...(settings as Static<typeof ConfigurationSnapshot>),
    createdAt: toTimestamp(createdAt),
    updatedAt: toTimestamp(updatedAt),
    version,
  };
}
