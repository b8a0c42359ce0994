import { ConfigError, describe } from '@panoptes/core';

const unitMs = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
} as const;

const durationForm = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/;

/** Reads a duration such as `12h` as milliseconds, rounded; undefined when it is none, or none at all. */
export function durationMs(text: string): number | undefined {
  const [, amount, unit] = durationForm.exec(text) ?? [];
  const ms = Math.round(Number(amount) * (unitMs[unit as keyof typeof unitMs] ?? Number.NaN));
  return Number.isSafeInteger(ms) && ms > 0 ? ms : undefined;
}

/**
 * Reads a duration such as `90s`, `15m`, `12h`, `1.5d` or `4w`.
 *
 * @param text - a number and a unit: ms, s, m, h, d or w
 * @param option - what the text was given for, to be named in the error
 * @returns milliseconds, more than 0, rounded
 * @throws {ConfigError} when the text is no duration, or is none at all
 */
export function parseDuration(text: string, option: string): number {
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  throw new ConfigError(
    `${option}: expected a duration above 0 with a unit (ms, s, m, h, d or w), ` +
      `such as 90s, 15m, 12h, 2d or 4w, got ${describe(text)}`,
  );
}

/** Writes a duration in milliseconds in the largest unit that leaves a whole part, as in `28.7 d`. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms >= unitMs[unit]) return `${Number((ms / unitMs[unit]).toFixed(1))} ${unit}`;
  }
  return `${Math.round(ms)} ms`;
}
