import type { LivePeer } from './live-peer.js';

/** What cuts parts of the network off at present. Of one peer the strongest counts. */
export class Cuts {
  #all: readonly Cut[] = [];

  begin(cut: Cut): void {
    this.#all = [...this.#all, cut];
  }

  end(cut: Cut): void {
    this.#all = this.#all.filter((other) => other !== cut);
  }

  reachOf(peer: LivePeer): Reach {
    let reach: Reach = 'heard';
    for (const cut of this.#all) {
      if (!cut.holds(peer)) continue;
      if (cut.reach === 'down') return 'down';
      reach = 'unheard';
    }
    return reach;
  }

  /** The first of the outages that hold a peer. */
  outageOf(peer: LivePeer): Outage | undefined {
    return this.#all.find((cut): cut is Outage => cut.reach === 'down' && cut.holds(peer));
  }
}

export type Cut = Outage | Partition;

/** Those whom it holds are down: nothing of them goes on. */
export interface Outage extends Holding {
  readonly reach: 'down';
  /** Whom it keeps, with when they went. */
  readonly lost: Map<LivePeer, number>;
}

/** Those whom it holds go on unheard. */
export interface Partition extends Holding {
  readonly reach: 'unheard';
}

interface Holding {
  /** Whether a peer is one of those that are cut off, be it there or about to come. */
  readonly holds: (peer: LivePeer) => boolean;
}

/** Whether a peer that would join now is heard, cut off but there, or cannot come at all. */
export type Reach = 'heard' | Cut['reach'];
