import type { TestServer } from '../../src/testing/index.ts';

const phone = '+12025550123';
const ours = '+12025550100';

/** What a server answered, without what differs from one run to the next. */
export interface Answer {
  readonly request: string;
  readonly status: number;
  readonly body: string;
}

/**
 * Takes a server through its main paths: a profile with identifiers, its observations and Recall, a merge, a conversation that
 * becomes memory, and erasure.
 */
export async function walkMainPaths(server: TestServer): Promise<Answer[]> {
  const answers: Answer[] = [];
  const names = new Map<string, string>();
  const mask = (text: string) => text.replace(changing, (found) => nameOf(names, found));
  const ask = async <Body>(method: string, path: string, body?: unknown): Promise<Body> => {
    const reply = await server.request(method, path, body);
    answers.push({
      request: mask(`${method} ${path}`),
      status: reply.status,
      body: mask(JSON.stringify(reply.body) ?? '').replaceAll(server.url, ''),
    });
    // Each path reads members that the answer's schema has.
    return reply.body as Body;
  };
  const storeId = await makeStore(ask);
  const profile = await rememberProfile(ask, storeId);
  await server.idle();
  await mergeProfiles(ask, storeId);
  await converse(server, ask, storeId);
  const memories = ['Observations', 'ConversationSummaries'];
  for (const name of memories) await ask('GET', `${profile}/${name}`);
  await ask('POST', `${profile}/Recall`, { query: 'what does she drink, and when does she call' });
  await ask('DELETE', profile);
  await server.idle();
  await ask('GET', profile);
  await ask('POST', `/v1/Stores/${storeId}/Profiles/Lookup`, { idType: 'phone', value: phone });
  return answers;
}

type Ask = <Body>(method: string, path: string, body?: unknown) => Promise<Body>;

/** Ids, times and durations. Scores fade with age; their first digits do not within a test. */
const changing =
  /\b[a-z]+_[a-z]+_[0-9a-hjkmnp-tv-z]{26}\b|\bRQ[0-9a-f]{32}\b|\d{4}-\d\d-\d\dT[\d:.]+Z|(?<="queryTime":)\d+|(?<="score":0\.\d{3})\d+/g;

function nameOf(names: Map<string, string>, found: string): string {
  if (/^\d/.test(found)) return '';
  const name = names.get(found) ?? `id${names.size}`;
  names.set(found, name);
  return name;
}

async function makeStore(ask: Ask): Promise<string> {
  const { statusUrl } = await ask<{ statusUrl: string }>('POST', '/v1/ControlPlane/Stores', {
    displayName: 'main-paths',
  });
  const operation = await ask<{ result: { id: string } }>('GET', new URL(statusUrl).pathname);
  return operation.result.id;
}

async function rememberProfile(ask: Ask, storeId: string): Promise<string> {
  const traits = { Contact: { phone, email: 'dana@example.com', firstName: 'Dana' } };
  const { id } = await ask<{ id: string }>('POST', `/v1/Stores/${storeId}/Profiles`, { traits });
  const profile = `/v1/Stores/${storeId}/Profiles/${id}`;
  await ask('PATCH', profile, { traits: { Contact: { lastName: 'Reyes' } } });
  await ask('GET', `${profile}/Identifiers`);
  await ask('POST', `/v1/Stores/${storeId}/Profiles/Lookup`, { idType: 'phone', value: phone });
  for (const content of ['drinks green tea', 'has a dog', 'calls in the morning']) {
    await ask('POST', `${profile}/Observations`, {
      observations: [{ content, source: 'test', occurredAt: '2026-01-01T00:00:00Z' }],
    });
  }
  const list = await ask<{ observations: { id: string }[] }>('GET', `${profile}/Observations`);
  const [first, second] = list.observations.map((observation) => `${profile}/Observations/${observation.id}`);
  await ask('PATCH', `${first}`, { content: 'calls in the evening' });
  await ask('GET', `${first}/Revisions`);
  await ask('DELETE', `${second}`);
  await ask('POST', `${profile}/Recall`, { query: 'tea' });
  return profile;
}

/** Two profiles that a third write makes one. */
async function mergeProfiles(ask: Ask, storeId: string): Promise<void> {
  const profiles = `/v1/Stores/${storeId}/Profiles`;
  const contact = { phone: '+12025550144', email: 'kim@example.com' };
  const one = await ask<{ id: string }>('POST', profiles, { traits: { Contact: { phone: contact.phone } } });
  const other = await ask<{ id: string }>('POST', profiles, {
    traits: { Contact: { email: contact.email } },
  });
  await ask('POST', `${profiles}/${other.id}/Observations`, {
    observations: [{ content: 'likes jazz', source: 'test', occurredAt: '2026-01-01T00:00:00Z' }],
  });
  await ask('PUT', `${profiles}/Bulk`, { profiles: [{ traits: { Contact: contact } }] });
  await ask('GET', `${profiles}/${one.id}/Observations`);
  await ask('GET', `${profiles}/${other.id}/Identifiers`);
}

async function converse(server: TestServer, ask: Ask, storeId: string): Promise<void> {
  const { related } = await ask<{ related: { configurationId: string } }>(
    'POST',
    '/v2/ControlPlane/Configurations',
    {
      displayName: 'main-paths',
      description: 'for a test',
      conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
      memoryStoreId: storeId,
      memoryExtractionEnabled: true,
    },
  );
  const { id } = await ask<{ id: string }>('POST', '/v2/Conversations', {
    configurationId: related.configurationId,
    participants: [
      { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: phone }] },
      { type: 'AI_AGENT', addresses: [{ channel: 'SMS', address: ours }] },
    ],
  });
  const conversation = `/v2/Conversations/${id}`;
  for (const text of ['I always drink my coffee black.', 'Please never call me before ten.']) {
    await ask('POST', `${conversation}/Communications`, {
      author: { address: phone, channel: 'SMS' },
      recipients: [{ address: ours, channel: 'SMS' }],
      content: { type: 'TEXT', text },
    });
  }
  for (const name of ['Communications', 'Participants']) await ask('GET', `${conversation}/${name}`);
  await ask('PUT', conversation, { status: 'CLOSED' });
  await server.idle();
  await ask('GET', conversation);
}
