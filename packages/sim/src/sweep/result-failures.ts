import { failureReasons } from '../report/failure-reasons.js';
import type { SweepResult } from './sweep-journal.js';

/** Why a run of a sweep is not as it should be, or has no figures at all; nothing when it is. */
export const resultFailures = ({ run, failure }: SweepResult): string[] =>
  run === undefined ? [failure ?? 'no result'] : failureReasons(run);
