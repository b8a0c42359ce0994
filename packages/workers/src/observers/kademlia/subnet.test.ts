import { describe, expect, it } from 'vitest';
import { subnetOf } from './subnet.js';

describe('the subnet of an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.0/24'],
    ['192.0.2.255:30303', '192.0.2.0/24'],
    ['/ip4/192.0.2.9/tcp/30303', '192.0.2.0/24'],
    ['::ffff:192.0.2.7', '192.0.2.0/24'],
    ['[::ffff:192.0.2.7]:80', '192.0.2.0/24'],
    ['2001:db8::7', '2001:db8:0:0::/64'],
    ['[2001:0DB8:0:0:1:2:3:4]:30303', '2001:db8:0:0::/64'],
    ['/ip6/2001:db8:0:1::7/udp/1', '2001:db8:0:1::/64'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
  ])('of %s is %s', (address, subnet) => {
    expect(subnetOf(address)).toBe(subnet);
  });

  it.each([
    '',
    'example.org',
    'example.org:80',
    '192.0.2',
    '192.0.2.7.9',
    '[nonsense]:1',
    'mesh-7',
  ])('of %s is not known', (address) => {
    expect(subnetOf(address)).toBeUndefined();
  });
});
