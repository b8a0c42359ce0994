/**
 * One way to misbehave. What it does is done for real, on the observer's own thread; nothing in the
 * registry knows that it is meant.
 */
export interface Fault {
  readonly family: FaultFamily;
  /** What the observer does, as in `throws in its handler of events`. */
  readonly about: string;
  readonly place: FaultPlace;
  /**
   * How Panoptes is expected to notice: the code of the end (`error`, `exit-3`, `hung`), of the
   * refused answer, or of the warning. Several where it depends on the runtime; `nothing` where
   * it cannot be noticed.
   */
  readonly detectedAs: readonly string[];
  /** Why a thread cannot contain it, where none can: the whole process dies. */
  readonly uncontained?: string;
  /** Why it is only tried in a process of its own: it may take that down, or never let it end. */
  readonly needsProcess?: string;
  /** How long it takes, in milliseconds, unless an order says otherwise; of those that take a time. */
  readonly ms?: number;
  /** Whether it strikes at every event batch from then on, and not once. */
  readonly lasts?: true;
  /** Whether it strikes at one transaction only, and in every incarnation that gets it. */
  readonly clings?: true;
  /** Misbehaves. What it returns or throws is what the handler or query returns or throws. */
  strike(scene: FaultScene): unknown;
}

/** Where in an observer a fault strikes. */
export type FaultPlace = 'setup' | 'snapshot' | 'events' | 'query' | 'teardown';

/** What kind of trouble a fault is. */
export type FaultFamily =
  | 'throwing'
  | 'ending'
  | 'looping'
  | 'blocking'
  | 'memory'
  | 'flooding'
  | 'answering'
  | 'dawdling'
  | 'lying';

/** What a fault is told when it strikes. */
export interface FaultScene {
  /** As in `Fault.ms`; 0 for those that take no time of their own. */
  readonly ms: number;
}
