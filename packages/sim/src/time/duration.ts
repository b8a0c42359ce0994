import { ConfigError, describe } from '@panoptes/core/observer';

/**
 * Reads a duration such as `90s`, `15m`, `1h30m`, `1.5d` or `4w`.
 *
 * @param text - numbers with units: ms, s, m, h, d or w
 * @param option - what the text was given for, to be named in the error
 * @returns milliseconds, more than 0, rounded
 * @throws {ConfigError} when the text is no duration, or is none at all
 */
export function parseDuration(text: string, option: string): number {
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  throw new ConfigError(`${option}: ${expectedDuration}, got ${describe(text)}`);
}

/** Reads a duration such as `1h30m` as milliseconds, rounded; undefined when it is none, or nothing. */
export function durationMs(text: string): number | undefined {
  const ms = momentMs(text);
  return ms === 0 ? undefined : ms;
}

/** The same of a time since a start, which may be the start itself. */
export function momentMs(text: string): number | undefined {
  const ms = Math.round(exactMs(text) ?? Number.NaN);
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** The same, with its fractions of a millisecond. */
export function exactMs(text: string): number | undefined {
  if (!durationForm.test(text)) return undefined;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/([\d.]+)([a-z]+)/g))
    total += Number(number) * unitMs[unit as keyof typeof unitMs];
  return total;
}

/** What is said where a duration was expected. */
export const expectedDuration =
  'expected a duration above 0 with a unit (ms, s, m, h, d or w), such as 90s, 1h30m or 2d';

/** What is said where a time since a start was expected. */
export const expectedMoment =
  'expected a time from 0s on with a unit (ms, s, m, h, d or w), such as 0s, 90s or 1h30m';

const unitMs = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
} as const;

const amount = String.raw`\d+(?:\.\d+)?`;
const units = ['w', 'd', 'h', 'm', 's', 'ms'] as const;

/** What a duration looks like: amounts with units, the largest first. */
export const durationForm = new RegExp(
  String.raw`^(?=\d)${units.map((unit) => `(?:${amount}${unit})?`).join('')}$`,
);

/** Writes a duration in milliseconds in the largest unit that leaves a whole part, as in `28.7 d`. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms >= unitMs[unit]) return `${Number((ms / unitMs[unit]).toFixed(1))} ${unit}`;
  }
  return `${Math.round(ms)} ms`;
}
