import { describe, expect, it, onTestFinished } from 'vitest';
import { startChildServer } from '../support/child-server.ts';
import { rapport } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const madeHere = { RAPPORT_ACCOUNT_SID: '', RAPPORT_AUTH_TOKEN: '' };

describe('what rapport serve prints', () => {
  it('is how to get in: the token once, and a first request that works as it is', async () => {
    const dataDir = temporaryFolder();
    const first = await startChildServer({ dataDir, env: madeHere });
    onTestFinished(() => first.kill());
    const credentials = (await rapport(['credentials'], { RAPPORT_DATA_DIR: dataDir })).stdout.trim();
    const [sid = '', token = ''] = credentials.split(':');
    await first.saw(`Account SID ${sid}`);
    await first.saw(`Auth token  ${token}`);
    await first.saw(`curl -u "${credentials}" ${first.url}/v1/ControlPlane/Stores`);
    const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    const reply = await fetch(`${first.url}/v1/ControlPlane/Stores`, {
      headers: { Authorization: authorization },
    });
    expect(reply.status).toBe(200);
    await first.kill();

    const second = await startChildServer({ dataDir, env: madeHere });
    onTestFinished(() => second.kill());
    await second.saw(`Account SID ${sid}`);
    expect(second.output()).not.toContain(token);
  });

  it('holds no secret that somebody configured', async () => {
    const token = 'a-token-from-the-environment';
    const server = await startChildServer({
      dataDir: temporaryFolder(),
      env: { RAPPORT_AUTH_TOKEN: token, RAPPORT_LLM_API_KEY: 'sk-secret', RAPPORT_CLOCK: 'virtual' },
    });
    onTestFinished(() => server.kill());
    await server.saw('virtual: moves only by POST /rapport/v1/clock/advance');
    expect(server.output()).not.toContain(token);
    expect(server.output()).not.toContain('sk-secret');
  });
});
