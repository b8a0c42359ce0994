/** The value of a figure of an observer's own, for people to read: with four digits at least. */
export function metricText(value: number | null | undefined): string {
  if (value === null || value === undefined) return 'none';
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e12)) return value.toExponential(3);
  return fourDigits.format(value);
}

const fourDigits = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
