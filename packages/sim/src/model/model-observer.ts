import type { EventBatch, PeerChange, PeerSnapshot, RegistryEvent } from '@panoptes/core';
import { type AnyObserver, type ObserverContext, detachedRegistry } from '@panoptes/workers';

/** One observer of the model: the definition itself, called directly, with plain objects. */
export class ModelObserver {
  private constructor(
    private readonly definition: AnyObserver,
    private readonly context: ObserverContext,
    private readonly state: unknown,
  ) {}

  /** @param definition - what a worker would load; it gets its own name */
  static async start(definition: AnyObserver, options?: unknown): Promise<ModelObserver> {
    const registry = detachedRegistry();
    const context = { name: definition.name, options, incarnation: 1, registry };
    const state: unknown = await definition.setup(context);
    await definition.onSnapshot?.(emptySnapshot, state, context);
    return new ModelObserver(definition, context, state);
  }

  async feed(events: readonly RegistryEvent[]): Promise<void> {
    await this.definition.onEvents(new PlainBatch(events), this.state, this.context);
  }

  /** Undefined when the observer has no digest. */
  digest(): string | undefined {
    return this.definition.digest?.(this.state);
  }
}

const emptySnapshot: PeerSnapshot = { seq: 0, size: 0, [Symbol.iterator]: () => [].values() };

/** A run of events as a plain list. */
class PlainBatch implements EventBatch {
  constructor(private readonly events: readonly RegistryEvent[]) {}

  get size(): number {
    return this.events.length;
  }

  get firstSeq(): number {
    return this.events[0]!.seq;
  }

  get lastSeq(): number {
    return this.events.at(-1)!.seq;
  }

  [Symbol.iterator](): Iterator<RegistryEvent> {
    return this.events[Symbol.iterator]();
  }

  *changes(): Generator<PeerChange> {
    for (const event of this.events) {
      if (event.kind === 'BatchUpdate') yield* event.changes;
      else yield event;
    }
  }
}
