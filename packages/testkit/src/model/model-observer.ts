import type { EventBatch, PeerChange, PeerSnapshot, RegistryEvent } from '@panoptes/core/observer';
import {
  type AnyObserver,
  detachedRegistry,
  type ObserverContext,
} from '@panoptes/workers/observer';
import type { CallBoard, ModelCall } from './call-board.js';

/**
 * One observer of the model: the definition itself, called directly, with plain objects. What its
 * code throws ends this observer and no other.
 */
export class ModelObserver {
  #state: unknown;
  #seq = 0;
  /** Of what it was handed last. */
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

  async feed(events: readonly RegistryEvent[]): Promise<void> {
    const batch = new PlainBatch(events, ({ seq, at }) => {
      this.#seq = seq;
      this.#now = at;
      this.board.take(seq);
    });
    await this.#call('onEvents', () => {
      this.board.take((this.#seq = batch.firstSeq));
      return this.definition.onEvents(batch, this.#state, this.context);
    });
    this.#now = events.at(-1)!.at;
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

/** A run of events as a plain list. */
class PlainBatch implements EventBatch {
  /** @param taken - called with each event that is looked at */
  constructor(
    private readonly events: readonly RegistryEvent[],
    private readonly taken: (event: RegistryEvent) => void,
  ) {}

  get size(): number {
    return this.events.length;
  }

  get firstSeq(): number {
    return this.events[0]!.seq;
  }

  get lastSeq(): number {
    return this.events.at(-1)!.seq;
  }

  *[Symbol.iterator](): Generator<RegistryEvent> {
    for (const event of this.events) {
      this.taken(event);
      yield event;
    }
  }

  *changes(): Generator<PeerChange> {
    for (const event of this) {
      if (event.kind === 'BatchUpdate') yield* event.changes;
      else yield event;
    }
  }
}
