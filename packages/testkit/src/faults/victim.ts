import { type Clock, type EventBatch, systemClock } from '@panoptes/core/observer';
import type { AnyObserver, ObserverContext } from '@panoptes/workers/observer';
import { wrapObserver } from '../wrapping/wrap-observer.js';
import type { Fault, FaultPlace } from './fault.js';
import { faultNamed } from './fault-table.js';
import { type StrikeOrder, concerns, readOrder } from './strike-order.js';

/** One incarnation of a victim, and what it was ordered to do. */
class Victim {
  readonly #incarnation: number;
  readonly #startedAt: number;
  #armed: Armed[];

  constructor(
    { incarnation }: ObserverContext,
    orders: readonly StrikeOrder[],
    private readonly clock: Clock,
  ) {
    this.#incarnation = incarnation;
    this.#startedAt = clock.monotonic();
    this.#armed = orders.filter((order) => concerns(order, incarnation)).map(arm);
  }

  /** Misbehaves in a place if it was ordered to; undefined otherwise. */
  strike(place: FaultPlace, batch?: EventBatch): { readonly result: unknown } | undefined {
    if (this.#armed.length === 0) return undefined;
    const armed = this.#armed.find(({ fault, order }) => {
      return fault.place === place && this.#isDue(order, fault, batch);
    });
    if (armed === undefined) return undefined;
    const { fault, order } = armed;
    if (fault.lasts !== true) this.#armed = this.#armed.filter((other) => other !== armed);
    return { result: fault.strike({ ms: order.ms ?? fault.ms ?? 0 }) };
  }

  /**
   * Takes an order from the main thread. A fault of a query strikes in this very query.
   *
   * @returns which incarnation this is
   */
  obey(input: unknown): unknown {
    if (input === undefined) return this.#incarnation;
    const armed = arm(readOrder(input));
    if (armed.fault.place === 'query') return armed.fault.strike({ ms: armed.fault.ms ?? 0 });
    this.#armed.push(armed);
    return this.#incarnation;
  }

  #isDue({ at, afterMs }: StrikeOrder, fault: Fault, batch: EventBatch | undefined): boolean {
    if (this.clock.monotonic() - this.#startedAt < afterMs) return false;
    if (batch === undefined) return true;
    return batch.lastSeq >= at && (fault.clings !== true || batch.firstSeq <= at);
  }
}

/** The query by which the main thread gives a victim orders: `ask(strikeQuery, [order])`. */
export const strikeQuery = 'panoptes:strike';

/**
 * Makes a victim of an observer: it does all that the observer does, until an order to misbehave is
 * due. It must run on a thread of its own; a fault may destroy the thread that it is on.
 *
 * @param inner - the observer
 * @param orders - what it is to do; more may be given through `strikeQuery`
 */
export function victimOf(inner: AnyObserver, orders: readonly StrikeOrder[]): AnyObserver {
  return wrapObserver<Victim>(inner, {
    async setup(ctx) {
      const victim = new Victim(ctx, orders, systemClock);
      await victim.strike('setup')?.result;
      return victim;
    },
    async onSnapshot(victim, handle) {
      await victim.strike('snapshot')?.result;
      await handle();
    },
    onEvents(victim, handle, batch) {
      const struck = victim.strike('events', batch)?.result;
      return struck instanceof Promise ? struck.then(handle) : handle();
    },
    query(victim, answer) {
      const struck = victim.strike('query');
      return struck === undefined ? answer() : struck.result;
    },
    digest(victim, answer) {
      void victim.strike('query');
      return answer();
    },
    queries: { [strikeQuery]: (victim, order: unknown) => victim.obey(order) },
    async teardown(victim, handle) {
      await victim.strike('teardown')?.result;
      await handle();
    },
  });
}

interface Armed {
  readonly order: StrikeOrder;
  readonly fault: Fault;
}

const arm = (order: StrikeOrder): Armed => ({ order, fault: faultNamed(order.fault, 'fault') });
