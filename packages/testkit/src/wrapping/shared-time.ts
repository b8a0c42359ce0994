import { performance } from 'node:perf_hooks';
import { systemClock } from '@panoptes/core/observer';

/**
 * Microseconds on a clock that all threads of the process read alike: each thread counts from its
 * own start, and `timeOrigin` says when that was. Never goes back.
 */
export const sharedMicros = (): number => (performance.timeOrigin + systemClock.monotonic()) * 1000;
