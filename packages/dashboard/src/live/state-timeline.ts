import type { ObserverState, ObserverStats } from '@panoptes/core';

/** When observers were seen in another state, the last times of each. */
export class StateTimeline {
  readonly #seen = new Map<string, StateChange[]>();

  /** @param at - Unix milliseconds */
  note(observers: readonly ObserverStats[], at: number): void {
    const present = new Set<string>();
    for (const { name, state, incarnation } of observers) {
      present.add(name);
      const changes = this.#seen.get(name) ?? [];
      const last = changes.at(-1);
      if (last?.state === state && last.incarnation === incarnation) continue;
      changes.push({ at, state, incarnation });
      if (changes.length > mostChanges) changes.shift();
      this.#seen.set(name, changes);
    }
    for (const name of this.#seen.keys()) if (!present.has(name)) this.#seen.delete(name);
  }

  /** Those of an observer that is registered, oldest first. */
  of(name: string): readonly StateChange[] {
    return this.#seen.get(name) ?? [];
  }
}

/** A state in which an observer was seen; one that passes between two looks is not. */
export interface StateChange {
  /** Unix milliseconds. */
  readonly at: number;
  readonly state: ObserverState;
  readonly incarnation: number;
}

/** Most of one observer. */
const mostChanges = 64;
