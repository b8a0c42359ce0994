import { type Clock, isA, messageOf, withDeadline } from '@panoptes/core';

/** Tells how far a run has come, and notices when the one who is told fails, at once or later. */
export class ProgressTeller {
  readonly #onProgress: OnProgress | undefined;
  readonly #pending = new Set<Promise<void>>();
  #failure: { readonly error: Error } | undefined;

  constructor(onProgress: OnProgress | undefined) {
    this.#onProgress = onProgress;
  }

  /** @throws what it is answered with, or an earlier call was */
  tell(progress: FeedProgress): void {
    this.check();
    const told: unknown = this.#onProgress?.(progress);
    if (told instanceof Promise) this.#follow(told);
  }

  /** @throws what an earlier call was answered with */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /**
   * Resolves when all that was told is answered, or has not been for too long.
   *
   * @throws what a call was answered with
   */
  async finish(clock: Clock): Promise<void> {
    if (this.#pending.size > 0) {
      const late = (): Error => new Error('not answered');
      const all = Promise.all(this.#pending);
      await withDeadline(clock, all, lastAnswerMs, late).catch(() => undefined);
    }
    this.check();
  }

  #follow(told: Promise<unknown>): void {
    const answered = told.then(
      () => undefined,
      (error: unknown) => {
        this.#failure ??= {
          error: isA(error, Error) ? error : new Error(messageOf(error), { cause: error }),
        };
      },
    );
    this.#pending.add(answered);
    void answered.then(() => this.#pending.delete(answered));
  }
}

/** How long the end of a run waits for those it has told of it, in milliseconds. */
const lastAnswerMs = 2_000;

/** Called with how far a run has come. What it returns is not waited for; what it fails with ends the run. */
export type OnProgress = (progress: FeedProgress) => void | Promise<void>;

/** How far a run has come. */
export interface FeedProgress {
  /** Churn events sent to the registry. */
  readonly events: number;
  /** Peers whose joining is committed. */
  readonly online: number;
  /** Virtual milliseconds. */
  readonly at: number;
}
