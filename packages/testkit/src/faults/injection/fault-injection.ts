import type { Clock, ObserverHandle } from '@panoptes/core';
import type { VictimModule } from '../fault-module.js';
import { faults } from '../fault-table.js';
import { strike } from '../striker.js';

/** Strikes the observers of a run with faults when their time has come. */
export class FaultInjection {
  readonly #deps: FaultInjectionDeps;
  readonly #injected: InjectedFault[] = [];
  /** Queries that misbehave and have not been given up yet. */
  readonly #pending = new Set<Promise<unknown>>();

  constructor(deps: FaultInjectionDeps) {
    this.#deps = deps;
  }

  /** The outcome of each planned fault so far. */
  get outcomes(): readonly InjectedFault[] {
    const { length } = this.#injected;
    const others = this.#deps.planned.slice(length).map((fault) => ({ ...fault, seq: null }));
    return [...this.#injected, ...others];
  }

  /**
   * Strikes with everything whose time has come, at the next transaction. Undefined when there is
   * nothing to do.
   *
   * @param at - virtual milliseconds
   * @param nextSeq - of the transaction that will come next
   */
  due(at: number, nextSeq: () => Promise<number>): Promise<void> | undefined {
    const next = this.#deps.planned[this.#injected.length];
    return next === undefined || next.atMs > at ? undefined : this.#strikeAll(at, nextSeq);
  }

  /** Revives observers that were given up, and waits for the last misbehaving query. */
  async restore(): Promise<void> {
    await Promise.all(this.#pending);
    const { registry, victims } = this.#deps;
    for (const { name, state } of registry.getObserverStats().observers) {
      if (state === 'quarantined' && victims.has(name)) registry.reviveObserver(name);
    }
  }

  async #strikeAll(at: number, nextSeq: () => Promise<number>): Promise<void> {
    const seq = await nextSeq();
    for (;;) {
      const next = this.#deps.planned[this.#injected.length];
      if (next === undefined || next.atMs > at) return;
      const isTold = await this.#strike(next, seq);
      this.#injected.push({ ...next, seq: isTold ? seq : null });
    }
  }

  /**
   * Gives a victim the order, as soon as it is there to take it: it may be on its way back from an
   * earlier fault, or in the middle of one.
   *
   * @returns whether it got the order
   */
  async #strike(planned: PlannedFault, seq: number): Promise<boolean> {
    const { fault, observer } = planned;
    const { victims, clock, onOrder } = this.#deps;
    const { port, module } = victims.get(observer)!;
    const start = clock.monotonic();
    while (clock.monotonic() - start < patienceMs) {
      if (this.#isBack(observer)) {
        onOrder?.(planned);
        const order = strike(port, module, fault, seq).then(yes, no);
        if (faults[fault]!.place === 'query') {
          // The outcome of the query is the fault's; the run goes on beside it.
          this.#pending.add(order);
          void order.then(() => this.#pending.delete(order));
          return true;
        }
        if (await order) return true;
      }
      await new Promise<void>((resolve) => clock.after(pollMs, resolve));
    }
    return false;
  }

  /** Whether an observer can be asked. */
  #isBack(name: string): boolean {
    const { registry } = this.#deps;
    const { observers } = registry.getObserverStats();
    const state = observers.find((one) => one.name === name)?.state;
    if (state === 'quarantined') registry.reviveObserver(name);
    return state === 'live' || state === 'lagging';
  }
}

/** An observer that can be ordered to misbehave. */
export interface Victim {
  readonly module: VictimModule;
  readonly port: Pick<ObserverHandle, 'ask'>;
}

/** A fault, and when it strikes whom. */
export interface PlannedFault {
  readonly fault: string;
  readonly observer: string;
  /** Virtual milliseconds. */
  readonly atMs: number;
}

/** The outcome of a planned fault. */
export interface InjectedFault extends PlannedFault {
  /**
   * The transaction at which it struck, or would have; null when the run ended before, or the observer
   * could not be told.
   */
  readonly seq: number | null;
}

/** How long an observer may take to come back before the next fault strikes it. */
const patienceMs = 30_000;
const pollMs = 5;

/** What an injection takes of a registry. */
export interface InjectedRegistry {
  getObserverStats(): {
    readonly observers: readonly { readonly name: string; readonly state: string }[];
  };
  reviveObserver(name: string): void;
}

/** What faults are injected with. */
export interface FaultInjectionDeps {
  readonly registry: InjectedRegistry;
  /** In order of time. */
  readonly planned: readonly PlannedFault[];
  /** By name, one for each observer that a fault is planned for. */
  readonly victims: ReadonlyMap<string, Victim>;
  /** Real time. */
  readonly clock: Clock;
  /** Called as often as an observer is told. */
  readonly onOrder?: ((fault: PlannedFault) => void) | undefined;
}

const yes = (): boolean => true;
const no = (): boolean => false;
