import { describe, expect, it } from 'vitest';
import { patchSettings, replaceSettings, toSettings } from './configuration-settings.ts';

const current = toSettings({
  displayName: 'support',
  description: 'first line',
  conversationGroupingType: 'GROUP_BY_PROFILE',
  memoryStoreId: 'mem_store_1',
  channelSettings: {
    SMS: { statusTimeouts: { inactive: 10, closed: 60 }, captureRules: [{ from: '*', to: '+12025550100' }] },
    VOICE: { statusTimeouts: { inactive: null, closed: 5 } },
  },
  statusCallbacks: [{ url: 'https://example.com/hook' }],
  memoryExtractionEnabled: true,
  conversationsV1Bridge: { serviceId: 'IS00000000000000000000000000000001' },
});

describe('settings of a configuration', () => {
  it('come in one form, however they were written', () => {
    const { statusTimeouts } = current.channelSettings['VOICE'] ?? {};
    expect(statusTimeouts).toEqual({ closed: 5 });
    expect(current.statusCallbacks).toEqual([{ url: 'https://example.com/hook', method: 'POST' }]);
    expect(current.intelligenceConfigurationIds).toEqual([]);
  });

  it('have no timers for a channel whose timeouts are null', () => {
    const settings = patchSettings(current, { channelSettings: { SMS: { statusTimeouts: null } } });
    expect(settings.channelSettings['SMS']).toEqual({ captureRules: [] });
  });

  it('drop members that the API does not have', () => {
    // As if it came from a request, where unknown members are ignored.
    const draft = { ...current, colour: 'red' } as unknown as Parameters<typeof toSettings>[0];
    expect(toSettings(draft)).not.toHaveProperty('colour');
  });
});

describe('a patch', () => {
  it('touches only the members it has', () => {
    expect(patchSettings(current, { description: 'second line' })).toEqual({
      ...current,
      description: 'second line',
    });
  });

  it('replaces a channel as a whole, removes one with null and leaves the others', () => {
    const { channelSettings } = patchSettings(current, {
      channelSettings: { SMS: { captureRules: [] }, VOICE: null, CHAT: { statusTimeouts: { closed: 7 } } },
    });
    expect(channelSettings).toEqual({
      SMS: { captureRules: [] },
      CHAT: { statusTimeouts: { closed: 7 }, captureRules: [] },
    });
  });

  it('clears with null what can be cleared', () => {
    const cleared = patchSettings(current, {
      description: null,
      statusCallbacks: null,
      memoryExtractionEnabled: null,
      conversationsV1Bridge: null,
    });
    expect(cleared).toMatchObject({ description: '', statusCallbacks: [], memoryExtractionEnabled: false });
    expect(cleared).not.toHaveProperty('conversationsV1Bridge');
  });
});

describe('a replacement', () => {
  const body = {
    conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES',
    channelSettings: {},
    description: '',
    memoryStoreId: 'mem_store_2',
  } as const;

  it('loses what it leaves out, but for the display name', () => {
    expect(replaceSettings(current, body)).toEqual({
      displayName: 'support',
      ...body,
      statusCallbacks: [],
      intelligenceConfigurationIds: [],
      memoryExtractionEnabled: false,
    });
  });

  it('names every required member that is missing', () => {
    expect(() => replaceSettings(current, { channelSettings: {} })).toThrow(
      'conversationGroupingType: must not be null; description: must not be null; memoryStoreId: must not be null',
    );
  });
});
