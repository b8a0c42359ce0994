import { createPeer, type PeerEntry } from '@panoptes/core';
import { profileOf, hashOf } from '@panoptes/testkit';
import { reading, type Tally, TallyCounter } from './tally.js';

/**
 * An endless stream of changes to a working set of peers, the same for every system: round after
 * round, every peer is seen again and has three fields changed. The first round adds them.
 *
 * Making whole entries would cost more than what is measured, so they are made beforehand; an entry
 * is changed again when its peer's turn comes for the second time. A system that keeps one longer
 * must copy it, as with any object that a caller still owns.
 */
export class PeerStream {
  /** How many peers there are. */
  readonly size: number;
  readonly #forms: readonly (readonly Writable<PeerEntry>[])[];
  readonly #tally = new TallyCounter();
  #next = 0;

  /** @param seed - what the peers' identities follow from */
  constructor(size: number, seed: string) {
    this.size = size;
    const clock = { now: () => firstTime, monotonic: () => 0, after: () => () => undefined };
    this.#forms = Array.from({ length: size }, (_, peer) => {
      const profile = profileOf(hashOf(`${seed}/${peer}`));
      return Array.from({ length: formsPerPeer }, () => createPeer(profile, clock));
    });
  }

  /** The next change: a peer's new entry. */
  next(): PeerEntry {
    const index = this.#next++;
    const round = Math.floor(index / this.size);
    const entry = this.#forms[index - round * this.size]![round % formsPerPeer]!;
    (entry.connectionMetrics as Writable<PeerEntry['connectionMetrics']>).latencyMs =
      index % latencies;
    entry.lastSeen = firstTime + index;
    entry.dataTransferred = index;
    this.#tally.add(reading(entry));
    return entry;
  }

  /** What every observer must have handled since this was last asked. */
  takeExpected(): Tally {
    return this.#tally.take();
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A peer's entries take turns, so that a change's old entry is still whole beside the new one. */
const formsPerPeer = 2;
/** Latencies go round, so that neighbouring ones differ. */
const latencies = 997;

/** Unix milliseconds of the first change: 2025-01-01, so that nothing depends on today. */
const firstTime = 1_735_689_600_000;
