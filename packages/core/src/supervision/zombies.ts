import type { Logger } from 'pino';
import type { Incarnation } from './incarnation.js';
import { logName } from './redaction.js';

/** Incarnations that were given up and whose threads still run. */
export class Zombies {
  readonly #logger: Logger;
  readonly #failed: (cause: unknown) => void;
  readonly #running = new Set<Incarnation>();

  /** @param failed - called when there is a bug in here */
  constructor(logger: Logger, failed: (cause: unknown) => void) {
    this.#logger = logger;
    this.#failed = failed;
  }

  get count(): number {
    return this.#running.size;
  }

  /** Counts one, and says so, until its thread ends after all. */
  add(observer: string, incarnation: Incarnation): void {
    this.#running.add(incarnation);
    const fields = { observer: logName(observer), incarnation: incarnation.number, code: 'zombie' };
    this.#logger.error(fields, 'a thread does not end; it was given up');
    void incarnation.host.exited
      .then(() => {
        this.#running.delete(incarnation);
        this.#logger.info(fields, 'a thread that was given up has ended');
      })
      .catch(this.#failed);
  }
}
