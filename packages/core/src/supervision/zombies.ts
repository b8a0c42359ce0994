import type { Incarnation } from './incarnation.js';
import type { ObserverLines } from './observer-lines.js';

/** Incarnations that were given up and whose threads still run. */
export class Zombies {
  readonly #failed: (cause: unknown) => void;
  readonly #running = new Set<Incarnation>();

  /** @param failed - called when there is a bug in here */
  constructor(failed: (cause: unknown) => void) {
    this.#failed = failed;
  }

  get count(): number {
    return this.#running.size;
  }

  /** Counts one, and says so, until its thread ends after all. */
  add(lines: ObserverLines, incarnation: Incarnation): void {
    this.#running.add(incarnation);
    const fields = { incarnation: incarnation.number, code: 'zombie' };
    lines.say('error', fields, 'a thread does not end; it was given up');
    void incarnation.host.exited
      .then(() => {
        this.#running.delete(incarnation);
        lines.say('info', fields, 'a thread that was given up has ended');
      })
      .catch(this.#failed);
  }
}
