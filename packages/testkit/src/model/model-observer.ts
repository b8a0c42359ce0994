import type { EventBatch, PeerChange, PeerSnapshot } from '@panoptes/core/observer';
import {
  type AnyObserver,
  detachedRegistry,
  type ObserverContext,
} from '@panoptes/workers/observer';
import type { CallBoard, ModelCall } from './call-board.js';
import { wantedChanges } from './plain-subscription.js';

/**
 * One observer of the model: the definition itself, called directly, with plain objects. What its
 * code throws ends this observer and no other.
 */
export class ModelObserver {
  #state: unknown;
  #seq = 0;
  /** Of what it was handed last, or of what came after and was not for it. */
  #now: number;
  #failure: ModelFailure | undefined;

  private constructor(
    private readonly definition: AnyObserver,
    private readonly context: ObserverContext,
    private readonly board: CallBoard,
    private readonly place: number,
    began: number,
  ) {
    this.#now = began;
  }

  /**
   * @param definition - what a worker would load; it gets its own name
   * @param board - shows that it is being called, as the observer of this place
   * @param began - when the registry was made, in Unix milliseconds
   */
  static async start(
    definition: AnyObserver,
    options: unknown,
    board: CallBoard,
    place: number,
    began: number,
  ): Promise<ModelObserver> {
    const registry = detachedRegistry();
    const now = (): number => observer.#now;
    const context = { name: definition.name, options, incarnation: 1, registry, now };
    const observer = new ModelObserver(definition, context, board, place, began);
    await observer.#call('setup', async () => {
      observer.#state = (await definition.setup(context)) as unknown;
    });
    await observer.#call('onSnapshot', () =>
      definition.onSnapshot?.(emptySnapshot(began), observer.#state, context),
    );
    return observer;
  }

  /**
   * Hands it those changes that it subscribes to, if there are any. Time passes with the others, too.
   *
   * @param changes - all that came, at least one
   */
  async feed(changes: readonly PeerChange[]): Promise<void> {
    const wanted = wantedChanges(this.definition.subscribe, changes);
    if (wanted.length > 0) await this.#hand(wanted);
    this.#now = changes.at(-1)!.at;
  }

  async #hand(changes: readonly PeerChange[]): Promise<void> {
    const batch = new PlainBatch(changes, ({ seq, at }) => {
      this.#seq = seq;
      this.#now = at;
      this.board.take(seq);
    });
    await this.#call('onEvents', () => {
      this.board.take((this.#seq = batch.firstSeq));
      return this.definition.onEvents(batch, this.#state, this.context);
    });
  }

  async finding(): Promise<ModelFinding> {
    const { definition } = this;
    let digest: unknown;
    if (definition.digest !== undefined) {
      await this.#call('digest', async () => {
        digest = await definition.digest!(this.#state);
        if (typeof digest === 'string' && digest.length <= mostDigest) return;
        throw new Error(
          `expected a text of at most ${mostDigest} characters, got ${typeof digest}`,
        );
      });
    }
    if (this.#failure !== undefined) return { failure: this.#failure };
    return digest === undefined ? {} : { digest: digest as string };
  }

  async #call(call: ModelCall, run: () => void | Promise<void>): Promise<void> {
    if (this.#failure !== undefined) return;
    this.board.enter(this.place, call);
    try {
      await run();
    } catch (error) {
      this.#failure = { call, seq: this.#seq, message: thrownText(error) };
    } finally {
      this.board.leave();
    }
  }
}

/** How an observer's own code failed on the model's side. */
export interface ModelFailure {
  readonly call: ModelCall;
  /** The last transaction that it was shown; 0 before the first. */
  readonly seq: number;
  readonly message: string;
}

/** An observer's result; neither, when it has no digest. */
export interface ModelFinding {
  readonly digest?: string;
  readonly failure?: ModelFailure;
}

/** Longest digest, in characters: what the registry takes, too. */
const mostDigest = 65_536;

/** Longest message that is kept, in characters. */
const mostMessage = 500;

/** The message of what an observer threw; reading it may throw again. */
function thrownText(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error).slice(0, mostMessage);
  } catch {
    return 'an error that cannot be read';
  }
}

const emptySnapshot = (at: number): PeerSnapshot => ({
  seq: 0,
  at,
  size: 0,
  [Symbol.iterator]: () => [].values(),
});

/** A run of changes, each a transaction, as a plain list. */
class PlainBatch implements EventBatch {
  /** @param taken - called with each change that is looked at */
  constructor(
    private readonly list: readonly PeerChange[],
    private readonly taken: (change: PeerChange) => void,
  ) {}

  get size(): number {
    return this.list.length;
  }

  get firstSeq(): number {
    return this.list[0]!.seq;
  }

  get lastSeq(): number {
    return this.list.at(-1)!.seq;
  }

  *[Symbol.iterator](): Generator<PeerChange> {
    for (const change of this.list) {
      this.taken(change);
      yield change;
    }
  }

  changes(): Generator<PeerChange> {
    return this[Symbol.iterator]();
  }
}
