import { escapeMarkup } from '../markup.js';

/** The size of every chart, in its own units; it is drawn as wide as the page. */
export const frame = {
  width: 920,
  left: 86,
  right: 904,
  top: 38,
  height: 232,
  bottom: 204,
} as const;

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
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  second,
  2 * second,
  5 * second,
  10 * second,
  15 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
  14 * day,
  28 * day,
];
const mostTimeTicks = 8;

/** An axis of virtual time from 0 on, with ticks at round times. */
export function timeScale(spanMs: number): Scale {
  const span = Math.max(1, spanMs);
  const step = timeSteps.find((size) => span / size <= mostTimeTicks) ?? span / mostTimeTicks;
  const ticks = Array.from({ length: Math.floor(span / step) + 1 }, (_, at) => at * step);
  return { ticks, at: (value) => place(frame.left, frame.right, value / span) };
}

/** Where nothing ever happened, the axis still counts to this. */
const leastAmount = 4;

/** An axis of amounts from 0 on, in about four steps. */
export function amountScale(largest: number): Scale {
  const most = largest > 0 ? largest : leastAmount;
  const step = roundStep(most / 4);
  const steps = Math.max(1, Math.ceil((most / step) * 0.9999));
  const ticks = Array.from({ length: steps + 1 }, (_, at) => Number((at * step).toPrecision(6)));
  return { ticks, at: (value) => place(frame.bottom, frame.top, value / (steps * step)) };
}

/** An axis of amounts anywhere, evenly or by powers of ten, from the least to the most. */
export function rangeScale(values: readonly number[], isLogarithmic: boolean): Scale {
  const scaled = isLogarithmic ? values.map((value) => Math.log10(value)) : values;
  const low = Math.min(...scaled);
  const width = Math.max(...scaled) - low || 1;
  const at = (value: number): number => {
    const share = ((isLogarithmic ? Math.log10(value) : value) - low) / width;
    return place(frame.left + 24, frame.right - 24, share);
  };
  return {
    ticks: thinned(
      [...new Set(values)].sort((a, b) => a - b),
      at,
    ),
    at,
  };
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

/** The lines and labels of both axes. */
export function axes(x: Scale, y: Scale, xLabel: (value: number) => string, unit: string): string {
  return [
    ...y.ticks.map(
      (tick) =>
        `<path class="grid" d="M${frame.left} ${y.at(tick)}H${frame.right}"/>` +
        text(frame.left - 8, y.at(tick) + 4, 'tick end', shortAmount(tick)),
    ),
    ...x.ticks.map((tick) => {
      const anchor = x.at(tick) > frame.right - 16 ? 'end' : 'middle';
      return (
        `<path class="grid" d="M${x.at(tick)} ${frame.bottom}v5"/>` +
        text(x.at(tick), frame.bottom + 20, `tick ${anchor}`, xLabel(tick))
      );
    }),
    text(frame.left, 12, 'tick', unit),
  ].join('');
}

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

export const text = (x: number, y: number, styleClass: string, content: string): string =>
  `<text x="${x}" y="${y}" class="${styleClass}">${escapeMarkup(content)}</text>`;

/** Names stand before their rows, within the frame's left edge and this many characters. */
const longestName = 10;

/** The name of a row, cut where it is too long; whole for whoever points at it. */
export function rowLabel(name: string, y: number): string {
  const label = name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name;
  return `<g>${text(frame.left - 8, y, 'tick end', label)}<title>${escapeMarkup(name)}</title></g>`;
}

/** An SVG of the frame's width. */
export const svg = (label: string, content: string, height: number = frame.height): string =>
  `<svg viewBox="0 0 ${frame.width} ${height}" role="img" aria-label="${escapeMarkup(label)}">${content}</svg>`;

/** How lines and words of charts look; colours are custom properties. */
export const chartCss = [
  'text{fill:var(--ink);font:12px system-ui,sans-serif}',
  '.tick{fill:var(--quiet)}.end{text-anchor:end}.middle{text-anchor:middle}',
  '.grid{stroke:var(--grid);fill:none}.band{fill:var(--band)}.phase{fill:var(--quiet);font-size:11px}',
  '.line{fill:none;stroke-width:1.75;stroke-linejoin:round}.dashed{stroke-dasharray:6 3}.area{opacity:.14;stroke:none}',
  '.fault{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:3 3;fill:none}',
  '.mark{fill:var(--bad);stroke:var(--page);stroke-width:1}',
  '.longest{stroke:var(--c0);stroke-width:2;fill:none}',
  '.whisker{fill:none;stroke-width:1.25}.dot{stroke:var(--page);stroke-width:1}',
].join('');
