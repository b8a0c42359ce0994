/** A latency in the unit that fits it; `none` where nothing was measured. */
export function printedLatency(ms: number | null): string {
  if (ms === null) return 'none';
  if (ms >= 1_000) return `${Number((ms / 1_000).toPrecision(3))} s`;
  return ms >= 1 ? `${Number(ms.toPrecision(3))} ms` : `${Number((1_000 * ms).toPrecision(3))} µs`;
}
