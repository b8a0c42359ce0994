import type { Clock } from '@panoptes/core';
import type { ObserverPort, RegistryPort } from '../../driver/registry-port.js';
import type { VictimModule } from '../fault-module.js';
import { faults } from '../fault-table.js';
import { strike } from '../striker.js';
import type { ScheduledFault } from './fault-schedule.js';

/** An observer that can be ordered to misbehave. */
export interface Victim {
  readonly module: VictimModule;
  readonly port: ObserverPort;
}

/** What became of a scheduled fault. */
export interface InjectedFault extends ScheduledFault {
  /** The transaction at which it struck, or would have; null when the observer could not be told. */
  readonly seq: number | null;
}

/** How long an observer may take to come back before the next fault strikes it. */
const patienceMs = 30_000;
const pollMs = 5;

/** Strikes the observers of a run with faults when their time has come. */
export class FaultInjection {
  readonly #registry: Pick<RegistryPort, 'getObserverStats' | 'reviveObserver'>;
  readonly #victims: ReadonlyMap<string, Victim>;
  readonly #schedule: readonly ScheduledFault[];
  readonly #clock: Clock;
  readonly #injected: InjectedFault[] = [];
  /** Queries that misbehave and have not been given up yet. */
  readonly #pending = new Set<Promise<unknown>>();

  /**
   * @param schedule - in order of time
   * @param victims - by name, one for each observer that is in the schedule
   * @param clock - real time
   */
  constructor(
    registry: Pick<RegistryPort, 'getObserverStats' | 'reviveObserver'>,
    schedule: readonly ScheduledFault[],
    victims: ReadonlyMap<string, Victim>,
    clock: Clock,
  ) {
    this.#registry = registry;
    this.#schedule = schedule;
    this.#victims = victims;
    this.#clock = clock;
  }

  /** What has been done so far. */
  get injected(): readonly InjectedFault[] {
    return this.#injected;
  }

  /**
   * Strikes with everything whose time has come, at the next transaction. Undefined when there is
   * nothing to do.
   *
   * @param at - virtual milliseconds
   * @param nextSeq - of the transaction that will come next
   */
  due(at: number, nextSeq: () => Promise<number>): Promise<void> | undefined {
    const next = this.#schedule[this.#injected.length];
    return next === undefined || next.atMs > at ? undefined : this.#strikeAll(at, nextSeq);
  }

  /** Gives everybody who was given up another chance, and waits for the last misbehaving query. */
  async restore(): Promise<void> {
    await Promise.all(this.#pending);
    for (const { name, state } of this.#registry.getObserverStats().observers) {
      if (state === 'quarantined' && this.#victims.has(name)) this.#registry.reviveObserver(name);
    }
  }

  async #strikeAll(at: number, nextSeq: () => Promise<number>): Promise<void> {
    const seq = await nextSeq();
    for (;;) {
      const next = this.#schedule[this.#injected.length];
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
  async #strike({ fault, observer }: ScheduledFault, seq: number): Promise<boolean> {
    const { port, module } = this.#victims.get(observer)!;
    const start = this.#clock.monotonic();
    while (this.#clock.monotonic() - start < patienceMs) {
      if (this.#isBack(observer)) {
        const order = strike(port, module, fault, seq).then(yes, no);
        if (faults[fault]!.place === 'query') {
          // What becomes of the query is the fault's own business; the run goes on beside it.
          this.#pending.add(order);
          void order.then(() => this.#pending.delete(order));
          return true;
        }
        if (await order) return true;
      }
      await new Promise<void>((resolve) => this.#clock.after(pollMs, resolve));
    }
    return false;
  }

  /** Whether an observer can be asked. */
  #isBack(name: string): boolean {
    const { observers } = this.#registry.getObserverStats();
    const state = observers.find((one) => one.name === name)?.state;
    if (state === 'quarantined') this.#registry.reviveObserver(name);
    return state === 'live' || state === 'lagging';
  }
}

const yes = (): boolean => true;
const no = (): boolean => false;
