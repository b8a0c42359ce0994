import { types } from 'node:util';
import { type Cancel, QueryTimeoutError, systemClock } from '@panoptes/core/observer';

/**
 * Keeps what changes an observer's state apart from what reads it. Writers, its handlers, go in alone
 * and stay until they have settled; readers, its queries, may be in together. One that comes while
 * others wait goes in after them, so neither kind starves the other.
 *
 * Readers that keep a writer waiting for longer than `maxHoldMs` are turned out: the writer goes in,
 * and their results are dropped, since they may have seen half of its changes.
 *
 * A writer that throws poisons the lock, as in Rust: it may have left its changes half made. Writers
 * are refused with what it threw from then on. Readers wait for ever: the
 * incarnation's host fails the calls that asked them.
 */
export class ReadWriteLock {
  #isWriting = false;
  #poison: { readonly error: unknown } | undefined;
  /** How to turn out each reader that is in. */
  readonly #readers = new Set<() => void>();
  readonly #queue: Entrant[] = [];
  #cancelTurningOut: Cancel | undefined;

  /**
   * Runs `task` alone. At once, and without a promise if it returns none, when the lock is free.
   *
   * @throws what `task` throws, or what an earlier writer threw
   */
  write<T>(task: () => T | Promise<T>): T | Promise<T> {
    if (this.#poison !== undefined) throw this.#poison.error;
    if (!this.#isWriting && this.#readers.size === 0 && this.#queue.length === 0) {
      return this.#write(task);
    }
    return new Promise<T>((resolve, reject) => {
      const enter = (): void => resolve(new Promise<T>((settle) => settle(this.#write(task))));
      this.#wait({ isWriter: true, enter, refuse: reject });
    });
  }

  /**
   * Runs `task` while no writer is in.
   *
   * @throws {QueryTimeoutError} when it is turned out; what `task` throws
   */
  read<T>(task: () => T | Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const turnOut = (): void =>
        reject(
          new QueryTimeoutError(
            `it kept the observer's handlers waiting for ${maxHoldMs} ms; ` +
              'what takes longer is answered only while nothing else happens',
          ),
        );
      const enter = (): void => {
        this.#readers.add(turnOut);
        const result = new Promise<T>((settle) => settle(task()));
        void result.then(resolve, reject).then(() => {
          if (this.#readers.delete(turnOut)) this.#admit();
        });
      };
      this.#wait({ isWriter: false, enter, refuse: () => undefined });
    });
  }

  /** Admits no caller any more: the state is not to be relied on. */
  poison(error: unknown): void {
    this.#poison ??= { error };
    this.#cancelTurningOut?.();
    for (const { refuse } of this.#queue.splice(0)) refuse(this.#poison.error);
  }

  #write<T>(task: () => T | Promise<T>): T | Promise<T> {
    this.#isWriting = true;
    let result: T | Promise<T>;
    try {
      result = task();
    } catch (error) {
      this.poison(error);
      throw error;
    }
    if (!types.isPromise(result)) {
      this.#leave();
      return result;
    }
    return result.then(
      (value) => {
        this.#leave();
        return value;
      },
      (error: unknown) => {
        this.poison(error);
        throw error;
      },
    );
  }

  #leave(): void {
    this.#isWriting = false;
    if (this.#queue.length > 0) this.#admit();
  }

  #wait(entrant: Entrant): void {
    if (this.#poison !== undefined) return;
    this.#queue.push(entrant);
    this.#admit();
  }

  /** Lets in those who need not wait any longer. */
  #admit(): void {
    for (;;) {
      const [next] = this.#queue;
      if (next === undefined || this.#isWriting) return;
      if (next.isWriter) {
        if (this.#readers.size > 0) {
          this.#cancelTurningOut ??= systemClock.after(maxHoldMs, () => this.#turnOut());
          return;
        }
        this.#cancelTurningOut?.();
        this.#cancelTurningOut = undefined;
      }
      this.#queue.shift();
      next.enter();
    }
  }

  #turnOut(): void {
    for (const turnOut of this.#readers) turnOut();
    this.#readers.clear();
    this.#admit();
  }
}

/** How long readers may keep a writer waiting, in milliseconds: half of the usual time for a vote. */
const maxHoldMs = 500;

/** Who has to wait before it goes in. */
interface Entrant {
  readonly isWriter: boolean;
  readonly enter: () => void;
  /** Tells a writer that it will never go in. */
  readonly refuse: (error: unknown) => void;
}
