import { BlockList, isIP } from 'node:net';

/** Networks of IPv4 that are not on the public internet, or reach nobody in particular there (IANA's special-purpose list). */
const privateNetworks: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Where public addresses of IPv6 are: global unicast, IPv4 in a translated form, and the mapped form of sockets. */
const publicIpv6 = new BlockList();
publicIpv6.addSubnet('2000::', 3, 'ipv6');
publicIpv6.addSubnet('64:ff9b::', 96, 'ipv6');
publicIpv6.addSubnet('::ffff:0:0', 96, 'ipv6');

const notPublic = new BlockList();
/** Protocol assignments (tunnels, benchmarks) and documentation. */
notPublic.addSubnet('2001::', 23, 'ipv6');
notPublic.addSubnet('2001:db8::', 32, 'ipv6');
notPublic.addSubnet('3fff::', 20, 'ipv6');
for (const [network, prefix] of privateNetworks) {
  notPublic.addSubnet(network, prefix, 'ipv4');
  // An address of IPv6 can carry one of IPv4: mapped, behind a translator, or through a tunnel.
  notPublic.addSubnet(`::ffff:${network}`, 96 + prefix, 'ipv6');
  notPublic.addSubnet(`64:ff9b::${network}`, 96 + prefix, 'ipv6');
  notPublic.addSubnet(`2002:${asHex(network)}::`, 16 + prefix, 'ipv6');
}

function asHex(ipv4: string): string {
  const [a = '', b = '', c = '', d = ''] = ipv4
    .split('.')
    .map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return `${a}${b}:${c}${d}`;
}

/** Whether an IP address, as text, is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !notPublic.check(address, 'ipv4');
    case 6:
      return publicIpv6.check(address, 'ipv6') && !notPublic.check(address, 'ipv6');
    default:
      return false;
  }
}
