import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** The addresses of a host name, one at least; rejects when there are none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** A target that may not be called as things are; trying again does not help. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused';
}

const resolver = { timeout: 3000, tries: 2 };

/**
 * Asks the name servers directly. The system's own look-up takes one of few threads for as long as it waits, so that names
 * whose servers are silent would hold up all others.
 */
export const resolvePublicName: Resolve = async (hostname) => {
  const dns = new Resolver(resolver);
  const [ipv4, ipv6] = await Promise.allSettled([dns.resolve4(hostname), dns.resolve6(hostname)]);
  const addresses = [ipv4, ipv6].flatMap((found) => (found.status === 'fulfilled' ? found.value : []));
  if (addresses.length === 0 && ipv4.status === 'rejected') throw ipv4.reason;
  return addresses;
};

/**
 * A look-up for connections that lets nobody in but public hosts. What it has checked is what is connected to, so that a
 * name that means another address a moment later gains nothing.
 */
export function publicLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    lookUp(resolve, hostname).then(
      (found) => {
        const [first] = found;
        if (options.all) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}

async function lookUp(
  resolve: Resolve,
  hostname: string,
): Promise<[first: LookupAddress, ...more: LookupAddress[]]> {
  const found = (await resolve(hostname)).map((address) => ({ address, family: isIP(address) }));
  const [first, ...more] = found;
  if (!first) throw new Error(`${hostname} has no address`);
  const refused = found.find(({ address }) => !isPublicAddress(address));
  if (refused) throw new TargetRefused(`${hostname} is ${refused.address}, which is not a public address`);
  return [first, ...more];
}
