import { type IsolatingHost, expectedCodes, faults, uncontainedOn } from '@panoptes/testkit';

/** Everything that a run of the matrix found out. */
export interface MatrixDocument {
  readonly schema: typeof matrixSchema;
  /** Node's version. */
  readonly node: string;
  /** Cores that the process may use. */
  readonly cores: number;
  /** Where each of them ran. */
  readonly host: IsolatingHost;
  /** Observers, the one that misbehaves included. */
  readonly observers: number;
  /** Transactions a second that the registry was given throughout. */
  readonly upsertsPerSecond: number;
  /** What makes the figures doubtful. */
  readonly warnings: readonly string[];
  /** Whether it was stopped from outside, and rows are missing. */
  readonly interrupted: boolean;
  readonly rows: readonly MatrixRow[];
  /** `pass` when every row is as promised. */
  readonly verdict: 'pass' | 'fail';
}

/** The version of the document that `faults --matrix --json` prints. */
export const matrixSchema = 'panoptes.faults-matrix/1';

/** The outcome for the observer that misbehaved. */
export type MatrixOutcome =
  /** It went on, and agrees with the others. */
  | 'unharmed'
  /** It was started again, and agrees with the others. */
  | 'restarted'
  /** It was given up. */
  | 'quarantined'
  /** It was stopped, as it was told to. */
  | 'stopped'
  /** It is there, but it does not answer, or does not agree with the others. */
  | 'astray'
  /** It took the whole process with it. */
  | 'process died';

/** The outcome of one fault in one observer of ten. */
export interface MatrixRow {
  readonly fault: string;
  /** Code of the end, the refused answer or the logged warning; `nothing` without any. */
  readonly detectedAs: string;
  /** Milliseconds from the order to misbehave until then; null when nothing was noticed. */
  readonly detectMs: number | null;
  /** Milliseconds from the order until it was live again and had caught up, or was given up. */
  readonly recoveredMs: number | null;
  readonly outcome: MatrixOutcome;
  /** Transactions a second that the other nine handled meanwhile, as a share of before. */
  readonly othersThroughputShare: number | null;
  /** Transactions that the other nine should have handled, and did not, or handled twice. */
  readonly eventsLostByOthers: number | null;
  /** The longest time for which the registry's thread did nothing else, in milliseconds. */
  readonly longestStallMs: number | null;
  /** Threads or processes that nothing could end; threads are there until the process ends. Null when it died. */
  readonly zombies: number | null;
  /** Why threads cannot do better, where they cannot. */
  readonly exception?: string;
}

/**
 * Whether a fault was noticed as it should be, affected no other observer, and left its own observer consistent; one
 * that its host cannot contain may take the process down.
 */
export function isAsPromised({ fault: name, ...row }: MatrixRow, host: IsolatingHost): boolean {
  const fault = faults[name]!;
  if (row.outcome === 'process died') return uncontainedOn(fault, host) !== undefined;
  return (
    expectedCodes(fault, host).includes(row.detectedAs) &&
    row.eventsLostByOthers === 0 &&
    row.outcome !== 'astray'
  );
}
