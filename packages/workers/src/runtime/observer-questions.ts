import { types } from 'node:util';
import { QueryError } from '@panoptes/core/observer';
import type { CommandSender } from './command-sender.js';
import type { AnyObserver } from './define-observer.js';
import { readMetrics } from './metric-values.js';
import { packAnswer } from './payload.js';
import type { ReadWriteLock } from './read-write-lock.js';
import type { StatePosition } from './state-position.js';

/** Answers what an observer is asked from outside, each time when no handler of it runs. */
export class ObserverQuestions {
  readonly #deps: ObserverQuestionsDeps;

  constructor(deps: ObserverQuestionsDeps) {
    this.#deps = deps;
  }

  /** Answers a query. The answer is as `packAnswer` makes it. */
  async query(name: string, args: readonly unknown[]): Promise<Uint8Array> {
    const { definition, state } = this.#deps;
    const { queries } = definition;
    const query = queries !== undefined && Object.hasOwn(queries, name) ? queries[name] : undefined;
    if (query === undefined) throw new QueryError(`there is no query '${name}'`);
    return this.#ask(() => query(state(), ...args), packAnswer);
  }

  /** Answers with its own figures, as `MetricValues`, once it has handled everything up to `after`. */
  async metrics(after: number): Promise<Uint8Array> {
    const { definition, position, state } = this.#deps;
    const { metrics } = definition;
    if (metrics === undefined) throw new QueryError('the observer has no figures of its own');
    await position.reached(after);
    return this.#ask(
      () => ({ seq: position.seq, values: readMetrics(metrics, state()) }),
      packAnswer,
    );
  }

  async digest(): Promise<unknown> {
    const { definition, state } = this.#deps;
    if (definition.digest === undefined) throw new QueryError('the observer has no digest');
    return this.#ask(
      () => definition.digest!(state()),
      (digest) => digest,
    );
  }

  /** The answer is copied before the next question is asked. */
  #ask<Copy>(question: () => unknown, copy: (answer: unknown) => Copy): Promise<Copy> {
    const { commands, lock } = this.#deps;
    return lock.read(() => {
      const answer = commands.during(question);
      return types.isPromise(answer) ? answer.then(copy) : copy(answer);
    });
  }
}

/** Of whom they are asked. */
export interface ObserverQuestionsDeps {
  readonly definition: AnyObserver;
  readonly state: () => unknown;
  /** Up to where the state has come. */
  readonly position: StatePosition;
  /** Over the state. */
  readonly lock: ReadWriteLock;
  readonly commands: CommandSender;
}
