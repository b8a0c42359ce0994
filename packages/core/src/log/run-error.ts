import { PanoptesError } from '../errors.js';

/** Bytes that are no run of this release, or not any more. */
export class RunError extends PanoptesError {
  readonly code = 'RUN_INVALID';

  /**
   * @param problem - which check failed
   * @param at - the byte, from the start of the run, at which it was found
   */
  constructor(
    readonly problem: RunProblem,
    readonly at: number,
    what: string,
    options?: ErrorOptions,
  ) {
    super(`bytes that are no run of this release, at byte ${at}: ${what}`, options);
  }
}

/** What can be wrong with a run. */
export type RunProblem =
  | 'cut'
  | 'mark'
  | 'version'
  | 'checksum'
  | 'fields'
  | 'seqs'
  | 'epoch'
  /** A record, or what it says of a peer, is none that a registry writes. */
  | 'record';
