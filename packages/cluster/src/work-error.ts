import { PanoptesError } from '@panoptes/core/follower';
import { isMissing } from './stream-problem.js';

/** What cannot be done with work that is on a server; `code` says why. */
export class WorkError extends PanoptesError {
  constructor(
    readonly code: WorkErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What can happen to work on a server. */
export type WorkErrorCode =
  /** It is finished, or was withdrawn. */
  | 'WORK_GONE'
  /** A file is not there, or not what it should be. */
  | 'WORK_FILE'
  /** It is larger than a message of the server's takes. */
  | 'WORK_TOO_LARGE';

/** That work is not there any more. */
export const gone = (id: string, cause?: unknown): WorkError =>
  new WorkError('WORK_GONE', `work ${id} is finished, or was withdrawn`, { cause });

/** Whether work is missing by what was said of it. */
export const isGone = (error: unknown): boolean =>
  isMissing(error) || (error instanceof Error && isMissing(error.cause));
