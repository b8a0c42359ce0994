import type { LatencyFigures } from '../run-document.js';
import { frame, svg, text } from './chart-frame.js';

const rowHeight = 26;

/** The percentiles of a latency as bars from a microsecond on, each ten times as long ever further right. */
export function drawLatency(latency: LatencyFigures): string {
  const rows = (['p50', 'p90', 'p99', 'max'] as const).map((name) => ({ name, ms: latency[name] }));
  const low = Math.floor(Math.log10(Math.max(1e-3, rows[0]!.ms))) - 1;
  const high = Math.ceil(Math.log10(Math.max(1e-3, rows[3]!.ms) * 1.001));
  const right = frame.right - 80;
  const at = (ms: number): number =>
    frame.left +
    ((Math.log10(Math.max(10 ** low, ms)) - low) / (high - low)) * (right - frame.left);
  const bottom = 10 + rows.length * rowHeight;
  const powers = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  const content = [
    ...powers.map(
      (power) =>
        `<path class="grid" d="M${at(power).toFixed(1)} 6V${bottom}"/>` +
        text(Math.round(at(power)), bottom + 18, 'tick middle', printedMs(power)),
    ),
    ...rows.map(({ name, ms }, row) => {
      const y = 10 + row * rowHeight;
      const width = Math.max(1, at(ms) - frame.left).toFixed(1);
      return (
        text(frame.left - 8, y + 17, 'tick end', name) +
        `<rect x="${frame.left}" y="${y + 5}" width="${width}" height="${rowHeight - 10}" fill="var(--c0)" opacity=".85"/>` +
        text(Math.round(at(ms)) + 8, y + 17, '', printedMs(ms))
      );
    }),
  ];
  return svg('Latency of commits', content.join(''), bottom + 28);
}

/** A latency in the unit that fits it. */
export const printedMs = (ms: number): string => {
  if (ms >= 1_000) return `${Number((ms / 1_000).toPrecision(3))} s`;
  return ms >= 1 ? `${Number(ms.toPrecision(3))} ms` : `${Number((1_000 * ms).toPrecision(3))} µs`;
};
