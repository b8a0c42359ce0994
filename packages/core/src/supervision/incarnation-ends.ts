import type { Clock } from '../clock.js';
import { CrashLines } from './crash-lines.js';
import type { DeadLetters } from './dead-letters.js';
import { recordFailure } from './failure-record.js';
import type { ExitReason } from './host.js';
import type { Incarnation } from './incarnation.js';
import type { ObserverEnd } from './observer-end.js';
import type { ObserverLines } from './observer-lines.js';
import type { ObserverOutput } from './observer-output.js';
import type { ObserverRecord } from './observer-record.js';

/** Records how each of an observer's incarnations has ended. */
export class IncarnationEnds {
  readonly #record: ObserverRecord;
  readonly #output: ObserverOutput;
  readonly #deps: IncarnationEndsDeps;
  /** None before it was live, or went on: until then its caller gets the errors. */
  #crashes: CrashLines | undefined;
  #last: ObserverEnd['exit'] = 'none';

  constructor(record: ObserverRecord, output: ObserverOutput, deps: IncarnationEndsDeps) {
    this.#record = record;
    this.#output = output;
    this.#deps = deps;
  }

  /** How the last one has ended. */
  get last(): ObserverEnd['exit'] {
    return this.#last;
  }

  /** Says what they fail with from now on. */
  sayTo(lines: ObserverLines): void {
    this.#crashes ??= new CrashLines(lines);
  }

  /**
   * Records one. Once: a stop may come while a crash is cleared away.
   *
   * @param error - what it failed with, if it did
   */
  add(incarnation: Incarnation | undefined, exit: ExitReason | undefined, error: unknown): void {
    const { clock, deadLetters, givenUp } = this.#deps;
    const record = this.#record;
    if (record.current !== incarnation) return;
    // Before what is said of its end.
    if (incarnation !== undefined) {
      this.#output.drain(incarnation.host.health, incarnation.number, clock.monotonic());
    }
    if (error !== undefined) {
      const at = clock.now();
      recordFailure({ record, incarnation, exit, error, at, deadLetters, lines: this.#crashes });
    }
    if (incarnation === undefined || exit === undefined) return;
    const isZombie = exit.code === 'zombie';
    this.#last = error === undefined || isZombie ? exit.code : record.reasons.at(-1)!.code;
    if (isZombie) givenUp(incarnation);
    record.close(incarnation);
  }
}

/** What it takes to record them. */
export interface IncarnationEndsDeps {
  readonly clock: Clock;
  readonly deadLetters: DeadLetters;
  /** Called when an incarnation was given up whose thread does not end. */
  readonly givenUp: (incarnation: Incarnation) => void;
}
