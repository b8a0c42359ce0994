/**
 * What accepted proposals would change, by peer, until it is known whether they were committed. A
 * guard that votes on several proposals of a group counts them as if all were. No two proposals that
 * are undecided at the same time touch the same peer.
 */
export class TentativeChanges<Effect> {
  readonly #byPeer = new Map<string, { readonly id: number; readonly effect: Effect }>();

  /** Notes what an accepted proposal would do to a peer. */
  note(id: number, nodeId: string, effect: Effect): void {
    this.#byPeer.set(nodeId, { id, effect });
  }

  /** How many peers would be changed. */
  get size(): number {
    return this.#byPeer.size;
  }

  /** A change of the peer was committed. Returns what was noted of it: that is tentative no more. */
  committed(nodeId: string): Effect | undefined {
    const noted = this.#byPeer.get(nodeId);
    if (noted !== undefined) this.#byPeer.delete(nodeId);
    return noted?.effect;
  }

  /** The proposals were not committed. Returns what was noted of them. */
  aborted(ids: readonly number[]): Effect[] {
    if (this.#byPeer.size === 0) return [];
    const gone = new Set(ids);
    const effects: Effect[] = [];
    for (const [nodeId, { id, effect }] of this.#byPeer) {
      if (!gone.has(id)) continue;
      this.#byPeer.delete(nodeId);
      effects.push(effect);
    }
    return effects;
  }

  /** Forgets all: a snapshot shows what was committed, and what was not is not asked about again. */
  clear(): void {
    this.#byPeer.clear();
  }
}
