import { TimeBound } from './time-bound.js';

/** Takes every time, for tests that are about something else. */
export const anyTimes = new TimeBound({
  maxFutureSecs: Number.POSITIVE_INFINITY,
  futureTimes: 'refuse',
});
anyTimes.note(0);
