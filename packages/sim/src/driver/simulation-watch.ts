import type { Clock } from '@panoptes/core';
import type { PlannedFault } from '@panoptes/testkit';
import type { ChurnTally } from './churn-tally.js';
import type { CommandAnswer, ObserverPort, RegistryPort } from './registry-port.js';

/** Hooks that a simulation calls, in this order. */
export interface SimulationWatch extends FeedWatch {
  /** The registry is open. */
  opened(simulation: WatchedSimulation): void;
  /** The module to load in the place of an observer's own. */
  moduleOf(module: URL): URL;
  /** An observer is registered. */
  registered(observer: ObserverPort): void;
  /** An observer is being told to misbehave. */
  ordered(fault: PlannedFault): void;
  /** The registry is about to be closed, even after a failure. What it returns is waited for. */
  closing(): Promise<void>;
}

/** What is reported while a registry is fed, event by event. */
export interface FeedWatch {
  /** Virtual time up to which it need not see everything settled. */
  readonly nextLookAt: number;
  /**
   * Its time to look has come, or the end: nothing is outstanding, and nothing is sent before what it
   * returns has settled.
   *
   * @param until - virtual time of what is sent next; infinite at the end
   */
  look(until: number): Promise<void> | undefined;
  /** Before an event is sent. What it returns is waited for. */
  before(): Promise<unknown> | undefined;
  /** A command has been sent. What it returns is waited for. */
  sent(command: Promise<CommandAnswer>): Promise<unknown> | undefined;
}

/** A simulation as it is watched. */
export interface WatchedSimulation {
  readonly registry: Pick<RegistryPort, 'getObserverStats' | 'lastSeq'>;
  /** Virtual time: the registry's clock. */
  readonly virtual: Clock;
  /** What has been committed. */
  readonly tally: ChurnTally;
}
