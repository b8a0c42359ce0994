import type { ChurnEvent } from '@panoptes/testkit';

/** What a registry and its observers are compared with. */
export interface Oracle {
  /** Checks made. */
  readonly checks: number;
  /** Whether the registry's own peers were right at every check; null when none compared them. */
  readonly registryAgrees: boolean | null;
  /** How they first differed, or why they could not be compared. */
  readonly registryProblem: string | undefined;
  /** Takes in one change. Returns a promise when the sender has to wait. */
  apply(event: ChurnEvent): Promise<void> | undefined;
  /**
   * Waits for all observers and compares. No command may be outstanding.
   *
   * @param isLast - whether this is the end of the run
   */
  check(isLast: boolean): Promise<void>;
  /** What is known of an observer after the last check. */
  of(name: string): OracleVerdict;
}

/** The result of comparing an observer with what it should be, over all checks. */
export interface OracleVerdict {
  readonly name: string;
  /** At the last check; null when it could not be asked. */
  readonly digest: string | null;
  /** Whether its digest was right at every check; null when it has none to compare. */
  readonly agrees: boolean | null;
  /** What was wrong first. */
  readonly problem: string | undefined;
}
