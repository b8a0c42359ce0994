import type { PeerInput } from '../peers/peer-entry.js';
import type { PeerPatch } from '../peers/peer-patch.js';

/**
 * Collects changes to be committed together by `commitBatch`: all or none, as one transaction.
 * Steps are applied in order, and a batch has one step a peer.
 *
 * ```ts
 * await registry.commitBatch(new BatchUpdate().upsert(a).update(b, { tier: 'tier1' }).remove(c));
 * ```
 */
export class BatchUpdate {
  readonly #steps: BatchStep[] = [];

  /** How many steps there are. */
  get size(): number {
    return this.#steps.length;
  }

  /** The steps in order. */
  get steps(): readonly BatchStep[] {
    return this.#steps;
  }

  /** Adds a peer, or replaces its entry; what is left out has its default. */
  upsert(peer: PeerInput): this {
    this.#steps.push({ kind: 'upsert', peer });
    return this;
  }

  /** Changes some fields of a peer, which must be known. */
  update(nodeId: string, patch: PeerPatch): this {
    this.#steps.push({ kind: 'update', nodeId, patch });
    return this;
  }

  /** Removes a peer; one that is not there is no error. */
  remove(nodeId: string): this {
    this.#steps.push({ kind: 'remove', nodeId });
    return this;
  }
}

/** One step of a batch. */
export type BatchStep =
  | { readonly kind: 'upsert'; readonly peer: PeerInput }
  | { readonly kind: 'update'; readonly nodeId: string; readonly patch: PeerPatch }
  | { readonly kind: 'remove'; readonly nodeId: string };
