import { inNextTurn } from '@panoptes/core/observer';

/**
 * A call of a critical observer's code. Until it has settled the observer does not vote, and no
 * command of its own can be committed before it has voted; so commands that the call sends are
 * held back until then. One that is waited for meanwhile would keep the call from settling for ever:
 * it is refused in the next turn of the event loop, if the call has not settled by then.
 */
export class VoterCall {
  #isSettled = false;
  #held: Set<HeldCommand> | undefined;

  /** Whether its commands may leave. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /**
   * Holds back a command.
   *
   * @param send - lets it leave
   * @param refusal - what it is refused with when the call waits for it
   */
  hold<T>(send: () => Promise<T>, refusal: () => Error): Promise<T> {
    const held = (this.#held ??= new Set());
    let command!: HeldCommand;
    const outcome = new HeldOutcome<T>((resolve, reject) => {
      command = { leave: () => resolve(send()), refuse: () => reject(refusal()) };
    });
    held.add(command);
    // Awaiting it is optional; unhandled, a refusal would end the thread.
    outcome.catch(() => undefined);
    outcome.awaited = () =>
      inNextTurn(() => {
        if (held.delete(command)) command.refuse();
      });
    return outcome;
  }

  /** The observer can vote again: what was held back leaves, in the order in which it was sent. */
  settle(): void {
    this.#isSettled = true;
    const held = this.#held;
    if (held === undefined) return;
    const commands = [...held];
    held.clear();
    for (const { leave } of commands) leave();
  }
}

interface HeldCommand {
  readonly leave: () => void;
  readonly refuse: () => void;
}

/** A promise that notices when it is waited for: with `await`, or with a function for its end. */
class HeldOutcome<T> extends Promise<T> {
  awaited: (() => void) | undefined;

  /** Promises derived from it are plain ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  override then<A = T, B = never>(
    ...ends: Parameters<typeof Promise.prototype.then<A, B>>
  ): Promise<A | B> {
    this.awaited?.();
    return super.then(...ends);
  }
}
