import { describe, expect, it } from 'vitest';
import type { Transcript } from '../conversations/index.ts';
import { customerViews } from './turns.ts';

type Participant = Transcript['participants'][number];

const participant = (id: string, changes: Partial<Participant> = {}): Participant => ({
  id,
  type: 'CUSTOMER',
  profileId: `mem_profile_${id}`,
  addresses: [],
  name: '+12025550123',
  ...changes,
});

function transcript(participants: Participant[], authors: string[], extractedThrough?: string): Transcript {
  const byId = new Map(participants.map((one) => [one.id, one]));
  return {
    conversation: {
      id: 'conv_conversation_1',
      accountId: 'AC1',
      status: 'INACTIVE',
      name: null,
      createdAt: 0,
      memoryStoreId: 'mem_store_1',
      isExtractionEnabled: true,
      extractedThrough,
    },
    participants,
    communications: authors.map((authorParticipantId, index) => ({
      id: `conv_communication_${index}`,
      authorParticipantId,
      authorName: '',
      authorType: byId.get(authorParticipantId)?.type ?? 'UNKNOWN',
      text: `message ${index}`,
      channel: 'SMS',
      occurredAt: index,
      createdAt: index,
    })),
  };
}

const agent = participant('agent', { type: 'AI_AGENT', profileId: undefined });

describe('the customers of a conversation', () => {
  it('are its CUSTOMER participants with a profile', () => {
    const strangers = participant('b', { profileId: undefined });
    const views = customerViews(transcript([participant('a'), strangers, agent], []));
    expect(views.map(({ profileId }) => profileId)).toEqual(['mem_profile_a']);
  });

  it('are one when they share a profile', () => {
    const phone = participant('a', { profileId: 'mem_profile_1' });
    const chat = participant('b', { profileId: 'mem_profile_1' });
    const [view, ...others] = customerViews(transcript([phone, chat, agent], ['a', 'b', 'agent']));
    expect(others).toEqual([]);
    expect(view?.turns.map(({ side }) => side)).toEqual(['customer', 'customer', 'agent']);
  });

  it('do not speak for each other', () => {
    const views = customerViews(transcript([participant('a'), participant('b'), agent], ['a', 'b', 'agent']));
    expect(views.map(({ turns }) => turns.map(({ side }) => side))).toEqual([
      ['customer', 'other', 'agent'],
      ['other', 'customer', 'agent'],
    ]);
  });

  it('have the name they were given, not their address', () => {
    const named = participant('a', { name: 'Ines Duarte' });
    const names = customerViews(transcript([named, participant('b')], [])).map(({ name }) => name);
    expect(names).toEqual(['Ines Duarte', undefined]);
  });

  it('are read from where the last extraction ended', () => {
    const [view] = customerViews(transcript([participant('a')], ['a', 'a', 'a'], 'conv_communication_1'));
    expect(view?.turns.map(({ isNew }) => isNew)).toEqual([false, false, true]);
  });
});
