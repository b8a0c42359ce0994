import { PanoptesError } from '@panoptes/core';

/** An observer did not get exactly what was sent: the system's figures would mean nothing. */
export class BenchMismatchError extends PanoptesError {
  readonly code = 'BENCH_MISMATCH';
}

/** A thread that takes part in a benchmark has ended before its time. */
export class BenchThreadError extends PanoptesError {
  readonly code = 'BENCH_THREAD_ENDED';
}
