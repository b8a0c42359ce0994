import { type Clock, clockMethods } from './clock.js';
import { toldNumber } from './told-number.js';
import { checkPort } from './port-argument.js';

/**
 * Checks a clock that a caller hands in: it has its methods, and tells the time at once. Found later,
 * what is no time would be in peers and deadlines, and nobody would wait for a promise of one.
 *
 * @throws {ConfigError} when it is none
 */
export function checkClock(clock: unknown): asserts clock is Clock {
  checkPort('clock', clock, clockMethods);
  toldTime(clock as Clock, 'now');
  toldTime(clock as Clock, 'monotonic');
}

/**
 * The time that a caller's clock tells.
 *
 * @throws {ConfigError} when it has no such method, or that gives no number
 */
export function toldTime(clock: Clock, method: 'now' | 'monotonic'): number {
  let told: unknown;
  try {
    told = clock[method]();
  } catch (cause) {
    return notTold(clock, method, () => {
      throw cause;
    });
  }
  // Each command asks for the time: nothing else is made where it is told.
  return typeof told === 'number' && Number.isFinite(told)
    ? told
    : notTold(clock, method, () => told);
}

function notTold(clock: Clock, method: 'now' | 'monotonic', outcome: () => unknown): number {
  checkPort('clock', clock, [method]);
  return toldNumber(`option 'clock': expected ${method}() to return a number`, outcome);
}
