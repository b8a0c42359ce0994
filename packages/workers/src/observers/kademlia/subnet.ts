import { isIPv4, isIPv6 } from 'node:net';

/**
 * The subnet of an endpoint's address: what is cheap to own many addresses of. The first 24 bits of
 * an IPv4 address (also one written as IPv6), the first 64 of an IPv6 address.
 *
 * @param address - `192.0.2.7`, `192.0.2.7:30303`, `2001:db8::7`, `[2001:db8::7]:30303`, or a
 *   multiaddr such as `/ip4/192.0.2.7/tcp/30303`
 * @returns as in `192.0.2.0/24` or `2001:db8:0:0::/64`; undefined for what is no IP address, as a
 *   host name, which tells nothing of where the host is
 */
export function subnetOf(address: string): string | undefined {
  const host = hostOf(address);
  if (isIPv4(host)) return `${host.slice(0, host.lastIndexOf('.'))}.0/24`;
  if (!isIPv6(host)) return undefined;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(host)?.[1];
  if (mapped !== undefined) return subnetOf(mapped);
  return `${firstGroups(host).join(':')}::/64`;
}

function hostOf(address: string): string {
  const multiaddr = /^\/ip[46]\/([^/]+)/.exec(address)?.[1];
  const bracketed = /^\[([^\]%]+)(?:%[^\]]*)?\](?::\d+)?$/.exec(address)?.[1];
  const withPort = /^([\d.]+):\d+$/.exec(address)?.[1];
  return multiaddr ?? bracketed ?? withPort ?? address;
}

/** The first four groups of an IPv6 address, in the shortest form. */
function firstGroups(host: string): string[] {
  const [head = '', tail = ''] = host.replace(/%.*$/, '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  // An IPv4 address at the end stands for two groups.
  const width = before.length + after.length + (host.includes('.') ? 1 : 0);
  const zeros = host.includes('::') ? Array.from({ length: 8 - width }, () => '0') : [];
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16));
}
