import type { Frame } from './frame.js';

/** Maps values to places. */
export interface Scale {
  readonly ticks: readonly number[];
  /** Where a value is, in the chart's units. */
  at(value: number): number;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const timeSteps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((step) => step * second),
  ...[1, 2, 5, 10, 15, 30].map((step) => step * minute),
  ...[1, 2, 3, 6, 12].map((step) => step * hour),
  ...[1, 2, 7, 14, 28].map((step) => step * day),
];

/** An axis of virtual time from 0 on, with ticks at round times. */
export function timeScale(spanMs: number, { left, right, mostTicks }: Frame): Scale {
  const span = Math.max(1, spanMs);
  const step = timeSteps.find((size) => span / size <= mostTicks) ?? span / mostTicks;
  const ticks = Array.from({ length: Math.floor(span / step) + 1 }, (_, at) => at * step);
  return { ticks, at: (value) => place(left, right, value / span) };
}

/** Where nothing ever happened, the axis still counts to this. */
const leastAmount = 4;

/** An axis of amounts, with 0 in it, in about four steps. */
export function amountScale(largest: number, { bottom, top }: Frame, least = 0): Scale {
  const low = Math.min(0, least);
  const most = largest > 0 || low < 0 ? Math.max(0, largest) : leastAmount;
  // Halves of a span that is too long for a number are not.
  const step = roundStep(Math.max(smallestAmount, most / 4 - low / 4));
  const first = Math.floor((low / step) * 0.9999);
  const steps = Math.max(1, Math.ceil((most / step) * 0.9999) - first);
  const ticks = Array.from({ length: steps + 1 }, (_, at) =>
    Number(((first + at) * step).toPrecision(6)),
  );
  return { ticks, at: (value) => place(bottom, top, (value / step - first) / steps) };
}

/** Less is no axis any more. */
const smallestAmount = 1e-300;

/** An axis of amounts anywhere, evenly or by powers of ten, from the least to the most. */
export function rangeScale(
  values: readonly number[],
  isLogarithmic: boolean,
  { left, right }: Frame,
): Scale {
  const scaled = isLogarithmic ? values.map((value) => Math.log10(value)) : values;
  const low = Math.min(...scaled);
  const width = Math.max(...scaled) - low || 1;
  const at = (value: number): number => {
    const share = ((isLogarithmic ? Math.log10(value) : value) - low) / width;
    return place(left + 24, right - 24, share);
  };
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  return { ticks: thinned(sorted, at), at };
}

/** Ticks that leave each other room for a label. */
function thinned(values: readonly number[], at: (value: number) => number): number[] {
  const kept: number[] = [];
  for (const value of values) {
    if (kept.length === 0 || at(value) - at(kept.at(-1)!) >= 48) kept.push(value);
  }
  return kept;
}

/** The next larger one of 1, 2 and 5 times a power of ten. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 5, 10].find((factor) => factor * power >= step * 0.999)! * power;
}

const place = (start: number, end: number, share: number): number =>
  Math.round(10 * (start + share * (end - start))) / 10;

/** A virtual time in its two largest units, as in `1 h 15 m`. */
export function timeLabel(ms: number): string {
  const units = [
    [day, 'd'],
    [hour, 'h'],
    [minute, 'm'],
    [second, 's'],
    [1, 'ms'],
  ] as const;
  const largest = units.findIndex(([size]) => ms >= size);
  if (largest < 0) return '0';
  let left = Math.round(ms);
  const parts = units.slice(largest, largest + 2).flatMap(([size, name]) => {
    const whole = Math.floor(left / size);
    left -= whole * size;
    return whole === 0 ? [] : [`${whole} ${name}`];
  });
  return parts.join(' ');
}

const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 2 });

/** An amount in few characters, as in `12.5K`. */
export const shortAmount = (value: number): string => short.format(value);
