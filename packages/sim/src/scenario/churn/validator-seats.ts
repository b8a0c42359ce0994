import { pick, type Uniform } from '../../churn/random-source.js';
import type { UpdatesSpec } from '../schema/updates.js';
import type { LivePeer } from './live-peer.js';
import { type Actor, type Network, ranks } from './network.js';

/**
 * The set of validators: so many seats, of which a share changes hands at every rotation. A peer
 * that is not untrusted may hold one; a seat whose holder has left is filled at the next rotation.
 */
export class ValidatorSeats implements Actor {
  #holders: LivePeer[] = [];

  constructor(
    private readonly network: Network,
    private readonly spec: NonNullable<UpdatesSpec['validators']>,
    private readonly uniform: Uniform,
  ) {
    // The first holders are drawn once the first peers are there.
    network.schedule(this, 1, ranks.change);
  }

  act(at: number): void {
    const { seats, rotate, every } = this.spec;
    this.#holders = this.#holders.filter(({ state }) => state === 'online');
    const leaving = Math.min(this.#holders.length, Math.round(seats * rotate));
    for (let left = leaving; left > 0; left--) {
      const [holder] = this.#holders.splice(pick(this.uniform, this.#holders.length), 1);
      this.#setRole(holder!, false, at);
    }
    this.#fill(seats, at);
    this.network.schedule(this, at + every, ranks.change);
  }

  #fill(seats: number, at: number): void {
    const { online } = this.network;
    // A few tries for each seat: in a small network most that are drawn hold one already.
    for (let tries = 8 * seats; tries > 0 && online.size > 0; tries--) {
      if (this.#holders.length >= Math.min(seats, online.size)) return;
      const peer = online.at(pick(this.uniform, online.size));
      if (peer.validates || peer.tier === 'untrusted') continue;
      this.#holders.push(peer);
      this.#setRole(peer, true, at);
    }
  }

  #setRole(peer: LivePeer, validates: boolean, at: number): void {
    peer.validates = validates;
    this.network.changed(peer, at);
  }
}
