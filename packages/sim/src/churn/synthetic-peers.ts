import { createPeer, type PeerEntry } from '@panoptes/core/observer';
import { dhtInfoOf, type PeerProfile, profileOf, thousandths } from '@panoptes/testkit/model';
import type { VirtualClock } from '../time/virtual-clock.js';
import { pick, type Uniform } from './random-source.js';

/**
 * Makes whole entries for peers of which only the node id and the times are known. A peer's profile
 * follows from its id; the peers it hears are drawn from those that are online when it joins.
 */
export class SyntheticPeers {
  readonly #profiles = new Map<string, PeerProfile>();
  /** Node ids of the online peers in no order, so that one is drawn or removed in constant time. */
  readonly #online: string[] = [];
  readonly #positions = new Map<string, number>();

  /**
   * @param clock - virtual time; entries are stamped with it
   * @param uniform - draws the links
   */
  constructor(
    private readonly clock: VirtualClock,
    private readonly uniform: Uniform,
  ) {}

  /** The entry of a peer that comes online now. */
  join(nodeId: string): PeerEntry {
    let profile = this.#profiles.get(nodeId);
    if (profile === undefined) this.#profiles.set(nodeId, (profile = profileOf(nodeId)));
    const links = this.#drawLinks();
    this.#positions.set(nodeId, this.#online.push(nodeId) - 1);
    return createPeer(
      { ...profile, links, dhtInfo: dhtInfoOf(nodeId, this.clock.now()) },
      this.clock,
    );
  }

  /** Forgets that a peer is online. */
  leave(nodeId: string): void {
    const position = this.#positions.get(nodeId);
    if (position === undefined) return;
    this.#positions.delete(nodeId);
    const last = this.#online.pop()!;
    if (last === nodeId) return;
    this.#online[position] = last;
    this.#positions.set(last, position);
  }

  #drawLinks(): PeerEntry['links'] {
    const links = new Map<string, PeerEntry['links'][number]>();
    const wanted = Math.min(pick(this.uniform, mostLinks + 1), this.#online.length);
    for (let draw = 0; draw < wanted; draw++) {
      const nodeId = this.#online[pick(this.uniform, this.#online.length)]!;
      const quality = thousandths(0.2 + 0.8 * this.uniform());
      links.set(nodeId, { nodeId, quality, type: media[pick(this.uniform, media.length)]! });
    }
    return [...links.values()];
  }
}

/** A joining peer hears from none to this many others. */
const mostLinks = 4;
const media = ['wifi', 'wifi', 'vpn', 'other'] as const;
