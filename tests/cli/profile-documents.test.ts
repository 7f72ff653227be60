import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, testAccount } from '../../src/testing/index.ts';
import { rapport } from '../support/cli.ts';
import { createWorkspace, say, startConversation } from '../support/main-job.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'rapport-documents-'));
const env = {
  RAPPORT_DATA_DIR: dataDir,
  RAPPORT_ACCOUNT_SID: testAccount.sid,
  RAPPORT_AUTH_TOKEN: testAccount.authToken,
};
const phone = '+12025550192';

let server: TestServer;
let client: SdkClient;
let storeId: string;
let profileId: string;
let document: Record<string, unknown>;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk({ env: { RAPPORT_DATA_DIR: dataDir } }));
  const workspace = await createWorkspace(client, 'exported');
  storeId = workspace.storeId;
  const conversationId = await startConversation(client, workspace, phone);
  await say(
    client,
    conversationId,
    'customer',
    'My order number is ES-4711 and I live in Springfield.',
    phone,
  );
  await client.conversations.v2.conversations(conversationId).update({ status: 'CLOSED' } as never);
  await server.idle();
  [profileId = ''] = await client.memory.v1.profiles(storeId).list();
  const observations = client.memory.v1.observations(storeId, profileId);
  await observations.create({
    observations: [{ content: 'Drinks tea.', source: 'test', occurredAt: new Date('2026-01-02T03:04:05Z') }],
  });
  const [newest] = await observations.list();
  await server.advance(60);
  await client.memory.v1
    .observations(storeId, profileId, newest?.id ?? '')
    .patch({ content: 'Drinks coffee.' });
  const reply = await server.request('GET', `/rapport/v1/Stores/${storeId}/Profiles/${profileId}/Export`);
  document = reply.body as Record<string, unknown>;
});
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const documentFile = (content: unknown) => {
  const file = join(temporaryFolder(), 'profile.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
};

describe('a profile as a document', () => {
  it('holds everything: traits, identifiers, memories with revisions, conversations', () => {
    expect(document).toMatchObject({
      format: 'rapport.profile',
      version: 1,
      profile: { id: profileId, mergedIds: [] },
      identifiers: [{ idType: 'phone', value: phone }],
      observations: expect.arrayContaining([
        expect.objectContaining({
          content: 'Drinks coffee.',
          revisions: [expect.objectContaining({ content: 'Drinks tea.' })],
        }),
      ]),
      conversationSummaries: [expect.objectContaining({ content: expect.any(String) })],
      conversations: [
        expect.objectContaining({
          communications: [
            expect.objectContaining({
              content: { type: 'TEXT', text: 'My order number is ES-4711 and I live in Springfield.' },
            }),
          ],
        }),
      ],
    });
  });

  it('is what the command line prints', async () => {
    const { stdout } = await rapport(['profile', 'export', profileId, '--store', storeId], env);
    expect({ ...JSON.parse(stdout), exportedAt: null }).toEqual({ ...document, exportedAt: null });
  });

  it('can be read into another store, where Recall finds it, and read again without adding anything', async () => {
    const target = await createStore(client, 'imported');
    const file = documentFile(document);
    const first = await rapport(['profile', 'import', file, '--store', target], env);
    expect(first.stdout).toContain('new profile');
    const second = await rapport(['profile', 'import', file, '--store', target], env);
    expect(second.stdout).toContain('0 observations and 0 summaries added');

    const [imported = ''] = await client.memory.v1.profiles(target).list();
    const reply = await server.request('GET', `/rapport/v1/Stores/${target}/Profiles/${imported}/Export`);
    const { observations, conversationSummaries, traits } = reply.body as Record<string, unknown>;
    expect({ observations, conversationSummaries, traits }).toEqual({
      observations: document['observations'],
      conversationSummaries: document['conversationSummaries'],
      traits: document['traits'],
    });
    const recalled = await client.memory.v1
      .recall(target, imported)
      .create({ query: 'coffee', relevanceThreshold: 0.001 } as never);
    expect((recalled as unknown as { observations: unknown[] }).observations).toHaveLength(1);
  });

  it('is refused as a whole when the store lacks one of its traits', async () => {
    const target = await createStore(client, 'lacking');
    const traits = [{ traitGroup: 'Shoes', name: 'size', value: 44, timestamp: '2026-01-01T00:00:00.000Z' }];
    const refused = await rapport(
      ['profile', 'import', documentFile({ ...document, traits }), '--store', target],
      env,
    );
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('traits.Shoes') });
    expect(await client.memory.v1.profiles(target).list()).toEqual([]);
  });

  it('is refused when it is no such document', async () => {
    const refused = await rapport(['profile', 'import', documentFile({ hello: 1 }), '--store', storeId], env);
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('is not a profile document'),
    });
  });

  it('is nobody else’s to read', async () => {
    const other = await server.request(
      'GET',
      `/rapport/v1/Stores/${storeId}/Profiles/${profileId}/Export`,
      undefined,
      {
        Authorization: 'Basic bm9ib2R5Om5vdGhpbmc=',
      },
    );
    expect(other.status).toBe(401);
  });
});
