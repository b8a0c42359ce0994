/**
 * A duration in a unit that a figure counts in, such as `s` or `seconds`.
 *
 * @returns undefined when the unit is none of time
 */
export function durationIn(unit: string, ms: number): number | undefined {
  const known = scales.find(({ names }) => names.includes(unit));
  return known && (ms * known.perSecond) / 1_000 / known.seconds;
}

/** Each unit as so many in a second, or so many seconds: fractions of both are rounded. */
const scales: readonly {
  readonly names: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
}[] = [
  { names: ['ns', 'nanoseconds'], perSecond: 1e9, seconds: 1 },
  // The micro sign, and the letter mu.
  { names: ['us', '\u00b5s', '\u03bcs', 'microseconds'], perSecond: 1e6, seconds: 1 },
  { names: ['ms', 'milliseconds'], perSecond: 1_000, seconds: 1 },
  { names: ['s', 'sec', 'seconds'], perSecond: 1, seconds: 1 },
  { names: ['min', 'minutes'], perSecond: 1, seconds: 60 },
  { names: ['h', 'hours'], perSecond: 1, seconds: 3_600 },
  { names: ['d', 'days'], perSecond: 1, seconds: 86_400 },
];
