import type { HrTime } from '@opentelemetry/api';

/**
 * A time of OpenTelemetry. A number would be taken for a duration since the start of the process where it is less
 * than the date of that, as when a test has set the date back.
 *
 * @param ms - Unix milliseconds, with fractions
 * @returns seconds, and nanoseconds of the next
 */
export function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.floor((ms - seconds * 1_000) * 1e6)];
}
