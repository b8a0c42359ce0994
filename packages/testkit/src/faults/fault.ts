/**
 * One way to misbehave. What it does is done for real, on the observer's own thread or in its process;
 * nothing in the registry knows that it is meant.
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
  /** The same of an observer in a process, where it differs. */
  readonly detectedInProcess?: readonly string[];
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

/** A host that keeps an observer's faults from others, or is to. */
export type IsolatingHost = 'thread' | 'process';

/** As what a fault is expected to be noticed on a host; see `Fault.detectedAs`. */
export const expectedCodes = (
  { detectedAs, detectedInProcess = detectedAs }: Fault,
  host: IsolatingHost,
): readonly string[] => (host === 'process' ? detectedInProcess : detectedAs);

/** Why a host cannot contain a fault; undefined where it does. A process contains them all. */
export const uncontainedOn = ({ uncontained }: Fault, host: IsolatingHost): string | undefined =>
  host === 'process' ? undefined : uncontained;

/** Why a fault is only tried in a process beside the tester's; undefined where there is no need. */
export const riskOn = ({ needsProcess }: Fault, host: IsolatingHost): string | undefined =>
  host === 'process' ? undefined : needsProcess;

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
