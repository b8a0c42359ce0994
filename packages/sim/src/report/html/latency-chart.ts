import { type Markup, markup } from '../markup.js';
import { printedLatency } from '../printed-latency.js';
import type { NamedLatency } from '../run-latencies.js';
import { rowLabel, svg, text } from './chart-parts.js';
import type { Frame } from './frame.js';

/**
 * A bar for each kind of latency, ten times as long ever so much further right: dark up to the median,
 * light up to the 99th percentile, and a line at the longest.
 */
export function drawLatencies(latencies: readonly NamedLatency[], frame: Frame): Markup {
  const axis = logarithmic(
    latencies.flatMap(({ figures: { p50, max } }) => [p50, max]),
    frame,
  );
  const bottom = top + latencies.length * rowHeight;
  const rows = latencies.map(({ name, figures: { p50, p99, max } }, row) => {
    const y = top + row * rowHeight;
    const label = rowLabel(name, y + 17, frame);
    if (p50 === null || p99 === null || max === null) {
      return [label, text(frame.left + 6, y + 17, 'tick', 'none')];
    }
    const [middle, far, end] = [axis.place(p50), axis.place(p99), axis.place(max)];
    const words = `${name}: median ${printedLatency(p50)}, 99 % ${printedLatency(p99)}, longest ${printedLatency(max)}`;
    return [
      markup`${label}<g><title>${words}</title>${bar(frame.left, middle, y, 0.9)}${bar(middle, far, y, 0.4)}`,
      markup`<path class="longest" d="M${end} ${y + 5}v${rowHeight - 10}"/></g>`,
      frame.name === 'wide'
        ? text(end + 8, y + 17, '', `${printedLatency(p50)}, 99 % ${printedLatency(p99)}`)
        : '',
    ];
  });
  const grid = axis.powers.map(
    (power, index) =>
      markup`<path class="grid" d="M${axis.place(power)} 6V${bottom}"/>${
        index % axis.everyLabel === 0
          ? text(axis.place(power), bottom + 18, 'tick middle', printedLatency(power))
          : ''
      }`,
  );
  return svg('Latencies', [grid, rows], frame, bottom + 28);
}

const rowHeight = 26;
const top = 10;
/** Nothing is measured more finely than this, in milliseconds. */
const least = 1e-3;

const bar = (from: number, to: number, y: number, opacity: number): Markup =>
  markup`<rect x="${from}" y="${y + 5}" width="${Math.max(1, to - from).toFixed(1)}" height="${rowHeight - 10}" fill="var(--c0)" opacity="${opacity}"/>`;

interface LogarithmicAxis {
  readonly powers: readonly number[];
  /** One tick in so many has room for a label. */
  readonly everyLabel: number;
  place(ms: number): number;
}

/** An axis by powers of ten around all values. */
function logarithmic(
  values: readonly (number | null)[],
  { left, right, figures, mostTicks }: Frame,
): LogarithmicAxis {
  const measured = values.filter((ms) => ms !== null).map((ms) => Math.max(least, ms));
  const low = Math.floor(Math.log10(Math.min(1, ...measured)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(least, ...measured))));
  const end = right - figures;
  return {
    powers: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
    everyLabel: Math.ceil((high - low + 1) / (mostTicks + 1)),
    place: (ms) => {
      const share = (Math.log10(Math.max(10 ** low, ms)) - low) / (high - low);
      return Math.round(10 * (left + share * (end - left))) / 10;
    },
  };
}
