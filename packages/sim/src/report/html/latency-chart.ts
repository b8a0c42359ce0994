import { escapeMarkup } from '../markup.js';
import { printedLatency } from '../printed-latency.js';
import type { NamedLatency } from '../run-latencies.js';
import { frame, rowLabel, svg, text } from './chart-frame.js';

const rowHeight = 26;
const top = 10;
/** Room for the figures behind the longest bar. */
const right = frame.right - 150;
/** Nothing is measured more finely than this, in milliseconds. */
const least = 1e-3;

/**
 * A bar for each kind of latency, ten times as long ever so much further right: dark up to the median,
 * light up to the 99th percentile, and a line at the longest.
 */
export function drawLatencies(latencies: readonly NamedLatency[]): string {
  const at = logarithmic(latencies.flatMap(({ figures: { p50, max } }) => [p50, max]));
  const bottom = top + latencies.length * rowHeight;
  const content = [
    ...at.powers.map(
      (power) =>
        `<path class="grid" d="M${at.place(power)} 6V${bottom}"/>` +
        text(at.place(power), bottom + 18, 'tick middle', printedLatency(power)),
    ),
    ...latencies.map(({ name, figures: { p50, p99, max } }, row) => {
      const y = top + row * rowHeight;
      const label = rowLabel(name, y + 17);
      if (p50 === null || p99 === null || max === null) {
        return label + text(frame.left + 6, y + 17, 'tick', 'none');
      }
      const [middle, far, end] = [at.place(p50), at.place(p99), at.place(max)];
      const words = `${name}: median ${printedLatency(p50)}, 99 % ${printedLatency(p99)}, longest ${printedLatency(max)}`;
      return (
        `${label}<g><title>${escapeMarkup(words)}</title>` +
        bar(frame.left, middle, y, 0.9) +
        bar(middle, far, y, 0.4) +
        `<path class="longest" d="M${end} ${y + 5}v${rowHeight - 10}"/></g>` +
        text(end + 8, y + 17, '', `${printedLatency(p50)}, 99 % ${printedLatency(p99)}`)
      );
    }),
  ];
  return svg('Latencies', content.join(''), bottom + 28);
}

const bar = (from: number, to: number, y: number, opacity: number): string =>
  `<rect x="${from}" y="${y + 5}" width="${Math.max(1, to - from).toFixed(1)}" ` +
  `height="${rowHeight - 10}" fill="var(--c0)" opacity="${opacity}"/>`;

/** An axis by powers of ten around all values. */
function logarithmic(values: readonly (number | null)[]): {
  readonly powers: readonly number[];
  place(ms: number): number;
} {
  const measured = values.filter((ms) => ms !== null).map((ms) => Math.max(least, ms));
  const low = Math.floor(Math.log10(Math.min(1, ...measured)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(least, ...measured))));
  return {
    powers: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
    place: (ms) => {
      const share = (Math.log10(Math.max(10 ** low, ms)) - low) / (high - low);
      return Math.round(10 * (frame.left + share * (right - frame.left))) / 10;
    },
  };
}
