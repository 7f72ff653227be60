import { expect, it, onTestFinished } from 'vitest';
import { testAccount } from '../../src/testing/index.ts';
import { createWorld } from '../support/acknowledged-writes.ts';
import { type ChildServer, startChildServer } from '../support/child-server.ts';
import { type CommandResult, rapport } from '../support/cli.ts';
import {
  type LanguageModelServer,
  notes,
  startLanguageModelServer,
} from '../support/language-model-server.ts';
import { memoriesOf, sayTo } from '../support/memories.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Scene {
  readonly server: ChildServer;
  readonly model: LanguageModelServer;
  readonly storeId: string;
  readonly conversationId: string;
  extract(...options: string[]): Promise<CommandResult>;
}

/** A conversation that a server without a model is to read, and the command with a model beside it. */
async function prepare(): Promise<Scene> {
  const model = await startLanguageModelServer();
  onTestFinished(() => model.stop());
  const dataDir = temporaryFolder();
  const server = await startChildServer({ dataDir });
  onTestFinished(() => server.kill());
  const { storeId, conversationId } = await createWorld(server);
  await sayTo(server, conversationId, 'I live in Porto.');
  const env = {
    RAPPORT_DATA_DIR: dataDir,
    RAPPORT_ACCOUNT_SID: testAccount.sid,
    RAPPORT_AUTH_TOKEN: testAccount.authToken,
    RAPPORT_LOG_LEVEL: 'silent',
  };
  const extract = (...options: string[]) => rapport(['extract', ...options], { ...env, ...model.env });
  return { server, model, storeId, conversationId, extract };
}

async function close({ server, conversationId }: Scene): Promise<void> {
  await server.request('PUT', `/v2/Conversations/${conversationId}`, { status: 'CLOSED' });
  await server.request('POST', '/rapport/v1/idle');
}

it('rapport extract puts what rules noted into the model’s words, beside a running server, and a repeat changes nothing', async () => {
  const scene = await prepare();
  await close(scene);
  const before = await memoriesOf(scene.server, scene.storeId);
  expect(before.contents).toEqual(['Customer lives in Porto']);
  scene.model.answer = (data) => {
    const earlier = data.find(({ earlierNote, content }) => earlierNote && /Porto/.test(String(content)));
    return notes(
      [
        {
          content: "Customer's home is Porto.",
          communicationIndex: 0,
          updates: String(earlier?.['earlierNote']),
        },
        { content: 'Customer speaks of Portugal.', communicationIndex: 0 },
      ],
      'The customer told where home is.',
    );
  };
  const options = ['--conversation', scene.conversationId];
  expect(await scene.extract(...options)).toEqual({
    exitCode: 0,
    stdout: '1 observations added, 1 revised\n',
    stderr: '',
  });
  expect((await scene.extract(...options)).stdout).toBe('0 observations added, 0 revised\n');
  const after = await memoriesOf(scene.server, scene.storeId);
  expect(after.contents.toSorted()).toEqual(['Customer speaks of Portugal.', "Customer's home is Porto."]);
  expect(after.summaries).toEqual(['The customer told where home is.']);
});

it('rapport extract changes nothing and says why when it can’t', async () => {
  const scene = await prepare();
  const options = ['--conversation', scene.conversationId];
  expect(await scene.extract(...options)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('still ACTIVE'),
  });
  await close(scene);
  scene.model.state = 'refusing';
  expect(await scene.extract(...options)).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: 'rapport: language model: refused (HTTP 401)\n',
  });
  expect((await memoriesOf(scene.server, scene.storeId)).contents).toEqual(['Customer lives in Porto']);
  const unknown = ['--conversation', 'conv_conversation_00000000000000000000000000'];
  expect((await scene.extract(...unknown)).stderr).toContain('does not exist');
  const foreign = await scene.extract(...options, '--account', `AC${'f'.repeat(32)}`);
  expect(foreign.stderr).toContain('does not exist');
});
