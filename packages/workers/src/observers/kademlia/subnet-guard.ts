import type { PeerChange, PeerEntry, PeerSnapshot, Proposal } from '@panoptes/core/observer';
import { type Vote, accept, veto } from '../../runtime/vote.js';
import { TentativeChanges } from '../tentative-changes.js';
import { IpAddress } from './ip-address.js';

/**
 * Keeps any one subnet from having more than `maxPerSubnet` peers: against Sybil attacks, in which one
 * machine poses as many (Douceur, IPTPS 2002), the usual measure of routing tables. It vetoes what
 * adds a peer, or an endpoint, to a subnet that is full; what was accepted counts as committed until
 * it is known to be aborted, what leaves only when it has left. Peers without an address are a class
 * of their own with a limit of its own: so naming no address does not evade the limits.
 */
export class SubnetGuard {
  readonly #limits: SubnetLimits;
  readonly #counts = new SubnetCounts();
  readonly #subnets = new Map<string, readonly string[]>();
  /** Subnets that get peers when what was accepted is committed. */
  readonly #arriving = new TentativeChanges<readonly string[]>();
  readonly #arrivals = new SubnetCounts();

  constructor(limits: SubnetLimits) {
    this.#limits = limits;
  }

  /** Forgets everything, then takes in these peers. */
  reset(peers: PeerSnapshot): void {
    this.#counts.clear();
    this.#subnets.clear();
    this.#arriving.clear();
    this.#arrivals.clear();
    for (const entry of peers) this.#put(entry.peerId.nodeId, entry);
  }

  /** Follows a committed change. */
  follow({ kind, nodeId, entry }: PeerChange): void {
    this.#arrivals.add(this.#arriving.committed(nodeId) ?? [], -1);
    if (kind === 'PeerRemoved') this.#remove(nodeId);
    else this.#put(nodeId, entry);
  }

  judge({ id, changes }: Proposal): Vote {
    const arrivals = new Map<string, readonly string[]>();
    /** By how much each subnet grows or shrinks. */
    const growth = new SubnetCounts();
    for (const { kind, nodeId, entry } of changes) {
      const before = this.#subnets.get(nodeId) ?? [];
      const after = kind === 'PeerRemoved' ? [] : this.#subnetsOf(entry);
      const fresh = after.filter((subnet) => !before.includes(subnet));
      growth.add(fresh, 1);
      growth.add(
        before.filter((subnet) => !after.includes(subnet)),
        -1,
      );
      if (fresh.length > 0) arrivals.set(nodeId, fresh);
    }
    const full = this.#firstFull(growth);
    if (full !== undefined) return this.#vetoOf(full);
    for (const [nodeId, fresh] of arrivals) {
      this.#arriving.note(id, nodeId, fresh);
      this.#arrivals.add(fresh, 1);
    }
    return accept();
  }

  aborted(ids: readonly number[]): void {
    for (const subnets of this.#arriving.aborted(ids)) this.#arrivals.add(subnets, -1);
  }

  #vetoOf(subnet: string): Vote {
    const peers = this.#expected(subnet);
    if (subnet === noAddress) {
      const { maxWithoutAddress } = this.#limits;
      const reason = `${peers} peers have no IP address and so many may (maxWithoutAddress)`;
      return veto(reason, { subnet: null, peers, maxWithoutAddress });
    }
    const { maxPerSubnet } = this.#limits;
    const reason = `subnet ${subnet} has ${peers} peers and may have ${maxPerSubnet} (maxPerSubnet)`;
    return veto(reason, { subnet, peers, maxPerSubnet });
  }

  /** How many peers a subnet has when all is committed that was accepted. */
  #expected(subnet: string): number {
    return this.#counts.of(subnet) + this.#arrivals.of(subnet);
  }

  /** The first subnet that grows beyond the limit. */
  #firstFull(growth: SubnetCounts): string | undefined {
    for (const [subnet, by] of growth.entries()) {
      if (by > 0 && this.#expected(subnet) + by > this.#limitOf(subnet)) return subnet;
    }
    return undefined;
  }

  #limitOf(subnet: string): number {
    return subnet === noAddress ? this.#limits.maxWithoutAddress : this.#limits.maxPerSubnet;
  }

  /** The subnets in which a peer has endpoints, each once. */
  #subnetsOf({ endpoints }: PeerEntry): string[] {
    const { exempt } = this.#limits;
    const addresses = endpoints
      .map(({ address }) => IpAddress.of(address))
      .filter((address) => address !== undefined);
    if (addresses.length === 0) return [noAddress];
    const counted = addresses.filter(
      ({ isLoopback, isPrivate }) =>
        !(isLoopback && exempt.includes('loopback')) && !(isPrivate && exempt.includes('private')),
    );
    return [...new Set(counted.map(({ subnet }) => subnet))];
  }

  #put(nodeId: string, entry: PeerEntry): void {
    this.#remove(nodeId);
    const subnets = this.#subnetsOf(entry);
    if (subnets.length === 0) return;
    this.#subnets.set(nodeId, subnets);
    this.#counts.add(subnets, 1);
  }

  #remove(nodeId: string): void {
    this.#counts.add(this.#subnets.get(nodeId) ?? [], -1);
    this.#subnets.delete(nodeId);
  }
}

/** Nets of addresses that any host may have, and many have at once. */
export const localNets = ['loopback', 'private'] as const;

/** How many peers may be where. */
export interface SubnetLimits {
  readonly maxPerSubnet: number;
  /** Of those that have no IP address at all. */
  readonly maxWithoutAddress: number;
  /** Nets whose addresses are not counted. */
  readonly exempt: readonly (typeof localNets)[number][];
}

/** The class of peers without an IP address; no subnet is called so. */
const noAddress = 'none';

/** A number for each subnet; those that are 0 are not kept. */
class SubnetCounts {
  readonly #counts = new Map<string, number>();

  of(subnet: string): number {
    return this.#counts.get(subnet) ?? 0;
  }

  add(subnets: readonly string[], by: number): void {
    for (const subnet of subnets) {
      const count = this.of(subnet) + by;
      if (count === 0) this.#counts.delete(subnet);
      else this.#counts.set(subnet, count);
    }
  }

  entries(): Iterable<[subnet: string, count: number]> {
    return this.#counts;
  }

  clear(): void {
    this.#counts.clear();
  }
}
