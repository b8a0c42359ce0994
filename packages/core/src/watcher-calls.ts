import { types } from 'node:util';
import type { Clock } from './clock.js';
import { messageOf } from './error-of.js';

/**
 * Calls code of a user's that only watches, and must do no harm. What it throws is caught, and what a
 * promise of it rejects with. One that throws, or is slow several times in a row, is called no more, and
 * that is said once.
 */
export class WatcherCalls {
  readonly #deps: WatcherCallsDeps;
  #slow = 0;
  #isDropped = false;
  #isCalling = false;

  constructor(deps: WatcherCallsDeps) {
    this.#deps = deps;
  }

  /** Whether it is called no more. */
  get isDropped(): boolean {
    return this.#isDropped;
  }

  /** Whether what happens now is its own doing. */
  get isCalling(): boolean {
    return this.#isCalling;
  }

  /** What the call gives; undefined when it throws, or is not made any more. */
  call<Told>(step: () => Told): Told | undefined {
    if (this.#isDropped) return undefined;
    const { clock } = this.#deps;
    const start = clock.monotonic();
    this.#isCalling = true;
    try {
      const told = step();
      if (types.isPromise(told)) told.catch((cause: unknown) => this.#threw(cause));
      this.#judge(clock.monotonic() - start);
      return told;
    } catch (cause) {
      this.#threw(cause);
      return undefined;
    } finally {
      this.#isCalling = false;
    }
  }

  #judge(durationMs: number): void {
    this.#slow = durationMs < slowCallMs ? 0 : this.#slow + 1;
    if (this.#slow < mostSlowCalls) return;
    this.#drop(`${mostSlowCalls} calls in a row took ${slowCallMs} ms or more`, undefined);
  }

  #threw(cause: unknown): void {
    this.#drop(`it threw: ${messageOf(cause)}`, cause);
  }

  #drop(reason: string, cause: unknown): void {
    if (this.#isDropped) return;
    this.#isDropped = true;
    const { option, warn, dropped } = this.#deps;
    dropped?.();
    try {
      warn(
        { code: 'WATCHER_DROPPED', err: cause },
        `option '${option}' is not called any more: ${reason}`,
      );
    } catch {
      // The logger has failed, too, and is what would have told of it.
    }
  }
}

/** What those calls depend on. */
export interface WatcherCallsDeps {
  /** The option that the code came in, for the message. */
  readonly option: string;
  readonly clock: Clock;
  readonly warn: (facts: object, message: string) => void;
  /** Called when it is called no more. */
  readonly dropped?: () => void;
}

/** A call that takes so long is slow, in milliseconds: the registry stands still meanwhile. */
const slowCallMs = 50;
/** One may be due to the machine; so many in a row are not. */
const mostSlowCalls = 3;
