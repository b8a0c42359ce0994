import type { Clock } from '@panoptes/core';
import type { PlannedFault } from '@panoptes/testkit';
import type { ObserverFigures } from '../../driver/registry-port.js';
import type { Incident } from '../../report/run-document.js';

/**
 * Notices when incarnations of observers end unexpectedly, which fault that was ordered before, and
 * how long it took until the observer was live again. It learns of both by looking: its times are
 * later than what they are of by no more than the time between two looks.
 */
export class IncidentWatch {
  readonly #incidents: Incident[] = [];
  /** By observer. */
  readonly #orders = new Map<string, Order>();
  readonly #open = new Map<string, OpenIncident[]>();
  /** The last incarnation of each observer whose end is known. */
  readonly #lastEnded = new Map<string, number>();

  /**
   * @param clock - real time
   * @param virtual - the registry's, in whose milliseconds incidents are placed
   */
  constructor(
    private readonly clock: Clock,
    private readonly virtual: Pick<Clock, 'monotonic'>,
  ) {}

  /** In the order in which they were noticed. */
  get incidents(): readonly Incident[] {
    return this.#incidents;
  }

  /** An observer is being told to misbehave. */
  ordered({ fault, observer }: PlannedFault): void {
    this.#orders.set(observer, { fault, at: this.clock.monotonic() });
  }

  /** Looks at all observers. */
  look(observers: readonly ObserverFigures[]): void {
    const now = this.clock.monotonic();
    for (const observer of observers) {
      this.#noteEnds(observer, now);
      this.#noteReturn(observer, now);
    }
  }

  #noteEnds({ name, reasons }: ObserverFigures, now: number): void {
    const known = this.#lastEnded.get(name) ?? 0;
    for (const { incarnation, code, message } of reasons) {
      if (incarnation <= known) continue;
      this.#lastEnded.set(name, incarnation);
      const order = this.#orders.get(name);
      this.#orders.delete(name);
      const incident: Incident = {
        observer: name,
        incarnation,
        code,
        message,
        fault: order?.fault ?? null,
        atMs: this.virtual.monotonic(),
        detectMs: order === undefined ? null : Math.round(now - order.at),
        recoverMs: null,
      };
      this.#incidents.push(incident);
      this.#open.set(name, [...(this.#open.get(name) ?? []), { incident, noticedAt: now }]);
    }
  }

  #noteReturn({ name, state, incarnation }: ObserverFigures, now: number): void {
    const open = this.#open.get(name);
    const isBack = state === 'live' || state === 'lagging';
    if (
      open === undefined ||
      !isBack ||
      open.some((one) => one.incident.incarnation >= incarnation)
    ) {
      return;
    }
    this.#open.delete(name);
    for (const { incident, noticedAt } of open) {
      const at = this.#incidents.indexOf(incident);
      this.#incidents[at] = { ...incident, recoverMs: Math.round(now - noticedAt) };
    }
  }
}

/** An order to misbehave without an effect so far. */
interface Order {
  readonly fault: string;
  /** By the clock of the watch. */
  readonly at: number;
}

interface OpenIncident {
  readonly incident: Incident;
  readonly noticedAt: number;
}
