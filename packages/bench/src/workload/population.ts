import { hash } from 'node:crypto';
import { createPeer, type PeerEntry, type PeerTier, systemClock, tiers } from '@panoptes/core';
import { pick, substream } from '@panoptes/sim';
import { profileOf } from '@panoptes/testkit';
import { createRegistry, type PeerRegistry } from '@panoptes/workers';
import { upsertMany } from './upsert-windows.js';

/**
 * A registry at its cap without observers: so many peers whose keys are spread evenly, of the four best
 * tiers, every other one authenticated and the others in the DHT; and some visitors of the lowest tier,
 * who are evicted when others come. It is asked for its peers in a random order, each as often as any
 * other one.
 */
export class Population {
  readonly registry: PeerRegistry;
  readonly nodeIds: readonly string[];
  readonly #seed: string;
  readonly #order: Uint32Array;
  readonly #forms: readonly [authenticated: Form, inDht: Form];
  readonly #start = systemClock.now();
  #at = 0;
  #changes = 0;
  #visitors = 0;

  private constructor(registry: PeerRegistry, peers: number, seed: string) {
    this.registry = registry;
    this.#seed = seed;
    this.nodeIds = Array.from({ length: peers }, (_, peer) => hash('sha256', `${seed}/${peer}`));
    this.#order = shuffled(peers, seed);
    const profile = profileOf('population');
    this.#forms = [
      createPeer({ ...profile, authenticated: true, dhtInfo: undefined }),
      createPeer({ ...profile, authenticated: false, dhtInfo: { bucketIndex: 3 } }),
    ];
  }

  /** @param seed - what the peers' keys and their order follow from */
  static async open(peers: number, seed: string): Promise<Population> {
    const maxPeers = peers + visitorsAtATime;
    const registry = await createRegistry({ logger: false, peers: { maxPeers } });
    const population = new Population(registry, peers, seed);
    let added = 0;
    await upsertMany(registry, peers, () => population.entry(added++));
    await upsertMany(registry, visitorsAtATime, () => population.visitor());
    return population;
  }

  get size(): number {
    return this.nodeIds.length;
  }

  /** The number of the peer whose turn it is. */
  next(): number {
    const peer = this.#order[this.#at]!;
    this.#at = this.#at + 1 === this.size ? 0 : this.#at + 1;
    return peer;
  }

  nextId(): string {
    return this.nodeIds[this.next()]!;
  }

  /** A number that was not given before. */
  change(): number {
    return ++this.#changes;
  }

  /** A time that was not given before, and is not in the future. */
  moment(): number {
    return this.#start + this.change() / 10_000;
  }

  /** A peer's entry, other than it was before; in an object that is the next one's, too. */
  entry(peer: number): PeerEntry {
    return this.fill(this.#forms[peer % 2]!, peer);
  }

  /** A peer's entry in an object of its own. */
  ownEntry(peer: number): PeerEntry {
    const form = this.#forms[peer % 2]!;
    return this.fill({ ...form, peerId: { ...form.peerId } }, peer);
  }

  /** The entry of somebody who has not been there, in an object of its own. */
  visitor(): PeerEntry {
    const form = { ...this.ownEntry(0) } as Form;
    identify(form, hash('sha256', `${this.#seed}/visitor/${this.#visitors++}`));
    form.tier = 'untrusted';
    return form;
  }

  tierOf(peer: number): PeerTier {
    return tiers[peer % 4]!;
  }

  private fill(form: Form, peer: number): PeerEntry {
    identify(form, this.nodeIds[peer]!);
    form.tier = this.tierOf(peer);
    form.lastSeen = this.moment();
    form.dataTransferred = this.#changes;
    return form;
  }

  close(): Promise<void> {
    return this.registry.close();
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Form = Writable<PeerEntry>;

const visitorsAtATime = 128;

function identify(form: Form, hex: string): void {
  const peerId = form.peerId as Writable<PeerEntry['peerId']>;
  peerId.nodeId = hex;
  peerId.publicKey = hex;
  peerId.did = `did:zhtp:${hex}`;
}

/** The numbers below `length` in a random order (Fisher and Yates). */
function shuffled(length: number, seed: string): Uint32Array {
  const uniform = substream(seed, 'population');
  const order = Uint32Array.from({ length }, (_, at) => at);
  for (let left = length; left > 1; left--) {
    const chosen = pick(uniform, left);
    [order[chosen], order[left - 1]] = [order[left - 1]!, order[chosen]!];
  }
  return order;
}
