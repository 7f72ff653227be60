import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { publicLookup, type Resolve, TargetRefused } from './lookup.ts';

/** What a connection gets to hear from the look-up: all addresses, or the first. */
function lookUp(resolve: Resolve, all: boolean): Promise<LookupAddress[] | LookupAddress> {
  return new Promise((done, fail) => {
    publicLookup(resolve)('example.com', { all }, (error, address, family) => {
      if (error) fail(error);
      else done(typeof address === 'string' ? { address, family: family ?? 0 } : address);
    });
  });
}

describe('the look-up of a connection', () => {
  it('hands on the addresses that it has checked, and no others', async () => {
    const resolve = async () => ['8.8.8.8', '2606:4700::1111'];
    expect(await lookUp(resolve, true)).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
    expect(await lookUp(resolve, false)).toEqual({ address: '8.8.8.8', family: 4 });
  });

  it.each([
    [['10.0.0.1']],
    [['8.8.8.8', '127.0.0.1']],
    [['2606:4700::1111', '::ffff:169.254.169.254']],
    [['not an address']],
  ])('refuses a name with an address that is not public, whatever its others are: %j', async (addresses) => {
    for (const all of [true, false]) {
      await expect(lookUp(async () => addresses, all)).rejects.toBeInstanceOf(TargetRefused);
    }
  });

  it('resolves once for each connection, so that a name cannot mean two things to it', async () => {
    const answers = [['8.8.8.8'], ['127.0.0.1']];
    const asked: string[] = [];
    const rebinding: Resolve = async (hostname) => {
      asked.push(hostname);
      return answers.shift() ?? [];
    };
    expect(await lookUp(rebinding, false)).toEqual({ address: '8.8.8.8', family: 4 });
    expect(asked).toEqual(['example.com']);
    await expect(lookUp(rebinding, false)).rejects.toBeInstanceOf(TargetRefused);
  });

  it('fails as the resolver does, and when there are no addresses', async () => {
    const failing = lookUp(() => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' })), true);
    await expect(failing).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(lookUp(async () => [], true)).rejects.toThrow('example.com has no address');
  });
});
