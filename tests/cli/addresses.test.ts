import { describe, expect, it } from 'vitest';
import { createKey, rapport } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('rapport addresses', () => {
  it('registers addresses once, lists them and removes them however they are written', async () => {
    const env = { RAPPORT_DATA_DIR: temporaryFolder(), RAPPORT_OWNED_ADDRESSES: '+12025550190, shop' };
    const add = (...addresses: string[]) => rapport(['addresses', 'add', ...addresses], env);
    expect(await add('+12025550100', 'whatsapp:+12025550101')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^AC[0-9a-f]{32} owns \+12025550100, whatsapp:\+12025550101\n$/),
    });
    expect((await add('+1 202 555 0100', '+12025550101')).exitCode).toBe(0);
    const list = async () => (await rapport(['addresses', 'list'], env)).stdout.split('\n');
    expect(await list()).toEqual([
      expect.stringMatching(/^\+12025550100 {2}registered \S+Z$/),
      expect.stringMatching(/^whatsapp:\+12025550101 {2}registered \S+Z$/),
      '+12025550190  by RAPPORT_OWNED_ADDRESSES',
      'shop  by RAPPORT_OWNED_ADDRESSES',
      '',
    ]);
    expect((await rapport(['addresses', 'remove', '2025550101'], env)).stdout).toBe('Removed 2025550101\n');
    expect(await list()).toHaveLength(4);
  });

  it('keeps the addresses of accounts apart', async () => {
    const env = { RAPPORT_DATA_DIR: temporaryFolder(), RAPPORT_OWNED_ADDRESSES: '+12025550190' };
    const { accountSid } = await createKey(env, '--new-account');
    expect(
      (await rapport(['addresses', 'add', '--account', accountSid, '+12025550100'], env)).stdout,
    ).toContain(accountSid);
    expect((await rapport(['addresses', 'list'], env)).stdout).not.toContain('+12025550100');
    const { stdout } = await rapport(['addresses', 'list', '--account', accountSid], env);
    expect(stdout).toMatch(/^\+12025550100 {2}registered \S+Z\n$/);
  });

  it.each([
    [['add', '*'], 'an address is a number'],
    [['add', ' '], 'an address is a number'],
    [['add', 'x'.repeat(255)], 'an address has at most 254 characters'],
    [['remove', '+12025550100'], 'has not registered +12025550100'],
  ])('says in one line what is wrong: %j', async (commandLine, message) => {
    const result = await rapport(['addresses', ...commandLine], { RAPPORT_DATA_DIR: temporaryFolder() });
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr.split('\n')).toHaveLength(2);
  });
});
