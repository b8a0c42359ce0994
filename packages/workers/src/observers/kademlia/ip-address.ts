import { isIPv4, isIPv6 } from 'node:net';

/**
 * An IP address by its bits. One host has many spellings (zeros left out or not, IPv4 within IPv6 in
 * hex or with dots, a zone, a port, brackets, a multiaddr, a URL), and an IPv4 host has addresses in
 * several IPv6 networks; counting hosts must not take them for different ones.
 */
export class IpAddress {
  /** @param groups - its 16-bit groups: two of an IPv4 address, eight of an IPv6 one */
  private constructor(readonly groups: readonly number[]) {}

  /**
   * The address in an endpoint's: `192.0.2.7`, `192.0.2.7:30303`, `2001:db8::7`, `[2001:db8::7]:30303`,
   * a multiaddr such as `/ip4/192.0.2.7/tcp/30303`, or a URL. IPv4 is found in the IPv6 addresses that
   * stand for it.
   *
   * @returns undefined for what is no IP address, as a host name, which tells nothing of where it is
   */
  static of(endpoint: string): IpAddress | undefined {
    const host = hostOf(endpoint.trim());
    // What the system's own resolver would not take for an address is none: `192.0.2.07`, `127.1`.
    if (isIPv4(host)) return new IpAddress(ipv4Groups(host));
    if (!isIPv6(host)) return undefined;
    const groups = ipv6Groups(host);
    return new IpAddress(embeddedIpv4(groups) ?? groups);
  }

  get isIpv4(): boolean {
    return this.groups.length === 2;
  }

  /** Whether it is the machine's own: 127.0.0.0/8 or ::1. */
  get isLoopback(): boolean {
    return this.isIpv4
      ? this.#first(8) === 127
      : this.groups.every((group, at) => group === (at === 7 ? 1 : 0));
  }

  /** Whether it means one thing here and another elsewhere: a private, shared or link's address. */
  get isPrivate(): boolean {
    if (!this.isIpv4) return this.#first(7) === 0xfc >> 1 || this.#first(10) === 0xfe80 >> 6;
    return (
      this.#first(8) === 10 ||
      this.#first(12) === 0xac1 ||
      this.#first(16) === 0xc0a8 ||
      this.#first(16) === 0xa9fe ||
      this.#first(10) === 0x6440 >> 6
    );
  }

  /** What is cheap to own many addresses of, as in `192.0.2.0/24` or `2001:db8:0:0::/64`. */
  get subnet(): string {
    if (this.isIpv4) {
      const [high = 0, low = 0] = this.groups;
      return `${high >> 8}.${high & 255}.${low >> 8}.0/24`;
    }
    const network = this.groups.slice(0, 4).map((group) => group.toString(16));
    return `${network.join(':')}::/64`;
  }

  /** Its first bits, 16 at most. */
  #first(bits: number): number {
    return this.groups[0]! >> (16 - bits);
  }
}

const hosts = [
  /^(?:\/ip6zone\/[^/]*)?\/ip[46]\/([^/]+)/,
  /^(?:[a-z][a-z\d+.-]*:\/\/(?:[^/@]*@)?)?\[([^\]]+)\](?::\d*)?(?:\/.*)?$/i,
  /^(?:[a-z][a-z\d+.-]*:\/\/(?:[^/@]*@)?)?([\d.]+)(?::\d*)?(?:\/.*)?$/i,
];

/** The part of an endpoint's address that names the host, without a zone. */
function hostOf(endpoint: string): string {
  for (const form of hosts) {
    const host = form.exec(endpoint)?.[1];
    if (host !== undefined) return withoutZone(host);
  }
  return withoutZone(endpoint);
}

const withoutZone = (host: string): string => host.replace(/%.*$/s, '');

function ipv4Groups(host: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = host.split('.').map(Number);
  return [(a << 8) | b, (c << 8) | d];
}

function ipv6Groups(host: string): number[] {
  const [head = '', tail] = host.split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after];
}

function groupsOf(part: string): number[] {
  if (part === '') return [];
  return part
    .split(':')
    .flatMap((group) => (group.includes('.') ? ipv4Groups(group) : Number.parseInt(group, 16)));
}

/** The IPv4 address that an IPv6 address stands for, wherever packets to it go in the end. */
function embeddedIpv4(groups: readonly number[]): number[] | undefined {
  const [a, b, c, d, e, f, high = 0, low = 0] = groups;
  const starts = (...first: number[]): boolean => first.every((group, at) => group === groups[at]);
  // ::ffff:0:0/96, mapped (RFC 4291).
  if (starts(0, 0, 0, 0, 0, 0xffff)) return [high, low];
  // ::ffff:0:0:0/96, translated (RFC 2765).
  if (starts(0, 0, 0, 0, 0xffff, 0)) return [high, low];
  // ::/96, compatible (RFC 4291), but for :: and ::1, which are themselves.
  if (starts(0, 0, 0, 0, 0, 0) && high !== 0) return [high, low];
  // 64:ff9b::/96 and 64:ff9b:1::/48, NAT64 (RFC 6052, RFC 8215).
  if (a === 0x64 && b === 0xff9b && (c === 1 || (c === 0 && !d && !e && !f))) return [high, low];
  // 2002::/16, 6to4 (RFC 3056): the network behind an IPv4 address.
  if (a === 0x2002) return [b!, c!];
  // 2001::/32, Teredo (RFC 4380): the client's address, with its bits turned over.
  if (a === 0x2001 && b === 0) return [high ^ 0xffff, low ^ 0xffff];
  return undefined;
}
