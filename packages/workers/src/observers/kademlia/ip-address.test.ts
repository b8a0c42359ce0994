import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IpAddress } from './ip-address.js';

const subnetOf = (endpoint: string) => IpAddress.of(endpoint)?.subnet;

/** The same host, spelled in every way that is known. */
const host = '192.0.2.7';
const spellings: readonly string[] = [
  host,
  ` ${host} `,
  `${host}:30303`,
  `[${host}]:1`,
  `/ip4/${host}/tcp/30303`,
  `/ip4/${host}/udp/1/quic-v1/p2p/12D3KooW`,
  `udp://${host}:1`,
  `https://user:secret@${host}:1/path?query#fragment`,
  `enode://abcdef@${host}:30303`,
  `::ffff:${host}`,
  `::FFFF:${host}`,
  '::ffff:c000:207',
  '0:0:0:0:0:ffff:c000:0207',
  '0000:0000:0000:0000:0000:ffff:c000:0207',
  '::ffff:c000:207%eth0',
  '[::ffff:c000:207]:80',
  '[::ffff:c000:207%25eth0]:80',
  '/ip6/::ffff:c000:207/tcp/1',
  '/ip6zone/eth0/ip6/::ffff:c000:207/tcp/1',
  'http://[::ffff:c000:207]/',
  `::${host}`,
  '::c000:207',
  '::ffff:0:c000:207',
  `64:ff9b::${host}`,
  '64:ff9b:0:0:0:0:c000:207',
  '64:ff9b:1:2::c000:207',
  '2002:c000:207::1',
  '2002:c000:0207:ffff:1:2:3:4',
  '2001:0:4136:e378:8000:63bf:3fff:fdf8',
];

describe('an IP address', () => {
  it.each(spellings)('has its bits, whatever its spelling: %s', (spelling) => {
    expect(IpAddress.of(spelling)?.groups).toEqual([0xc000, 0x0207]);
    expect(subnetOf(spelling)).toBe('192.0.2.0/24');
  });

  it.each([
    ['2001:db8::7', '2001:db8:0:0::/64'],
    ['[2001:0DB8:0:0:1:2:3:4]:30303', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:ffff::', '2001:db8:0:0::/64'],
    ['/ip6/2001:db8:0:1::7/udp/1', '2001:db8:0:1::/64'],
    ['https://[2001:db8:0:1::7]:443/x', '2001:db8:0:1::/64'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
    ['1:2:3:4:5:6:192.0.2.7', '1:2:3:4::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['2001:1::7', '2001:1:0:0::/64'],
    ['64:ff9b:2::7', '64:ff9b:2:0::/64'],
  ])('of IPv6 is in a /64: %s is in %s', (address, subnet) => {
    expect(subnetOf(address)).toBe(subnet);
  });

  it.each([
    ...['', ' ', 'example.org', 'example.org:80', '/dns4/example.org/tcp/1', 'udp://example.org'],
    ...['192.0.2', '192.0.2.7.9', '192.0.02.7', '192.0.2.256', '127.1', '3221225991', '0xc0000207'],
    ...['[nonsense]:1', 'mesh-7', '[]:1', ':::', '1::2::3', '2001:db8::7/64', '[2001:db8::g]:1'],
    ...['/ip4/', '/ip4/example.org/tcp/1', '/ip6/1::2::3', '9'.repeat(500)],
  ])('is not found in %s', (address) => {
    expect(IpAddress.of(address)).toBeUndefined();
  });

  it('is the same for every spelling of any bits', () => {
    const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const long = groups.map((one) => one.toString(16).padStart(4, '0')).join(':');
        const short = new URL(`http://[${long}]/`).hostname;
        const dotted = [groups[6]! >> 8, groups[6]! & 255, groups[7]! >> 8, groups[7]! & 255];
        const mixed = [...groups.slice(0, 6).map((one) => one.toString(16)), dotted.join('.')];
        const { groups: bits } = IpAddress.of(long)!;
        if (bits.length === 8) expect(bits).toEqual(groups);
        for (const other of [short, `${short}:1`, long.toUpperCase(), mixed.join(':')]) {
          expect(IpAddress.of(other)?.groups, other).toEqual(bits);
        }
      }),
    );
  });

  it.each([
    ['loopback', ['127.0.0.1', '127.255.0.1:1', '::1', '::ffff:7f00:1', '64:ff9b::127.0.0.1']],
    [
      'private',
      [
        ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.0.1', '100.64.0.1'],
        ...['fc00::1', 'fdff::1', 'fe80::1%eth0', 'febf::1', '::ffff:10.0.0.1', '2002:a00:1::1'],
      ],
    ],
    [
      'public',
      [
        ...['9.255.0.1', '11.0.0.1', '172.15.0.1', '172.32.0.1', '192.167.0.1', '192.169.0.1'],
        ...['126.0.0.1', '128.0.0.1', '100.63.0.1', '100.128.0.1', '::2:0:1', '2001:db8::1'],
        ...['fbff::1', 'fe00::1', 'fec0::1', '1::1'],
      ],
    ],
  ])('is told to be %s', (kind, addresses) => {
    for (const address of addresses) {
      const { isLoopback, isPrivate } = IpAddress.of(address)!;
      const told = isLoopback ? 'loopback' : isPrivate ? 'private' : 'public';
      expect(told, address).toBe(kind);
      expect(isLoopback && isPrivate).toBe(false);
    }
  });
});
