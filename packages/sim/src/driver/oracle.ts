import type { ChurnEvent } from '../churn/churn-event.js';
import type { OracleVerdict } from './model-oracle.js';

/** What a registry and its observers are compared with. */
export interface Oracle {
  /** Checks made. */
  readonly checks: number;
  /** How the registry's own peers first differed, if they ever did. */
  readonly registryProblem: string | undefined;
  /** Takes in one change. Returns a promise when the sender has to wait. */
  apply(event: ChurnEvent): Promise<void> | undefined;
  /** Waits for all observers and compares. No command may be outstanding. */
  check(): Promise<void>;
  /** What is known of an observer after the last check. */
  of(name: string): OracleVerdict;
}
