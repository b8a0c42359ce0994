/** Prints a figure with three digits that count, or all digits before the point. */
export function formatFigure(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', {
    maximumFractionDigits: digits,
    minimumFractionDigits: size >= 1 && size < 100 ? digits : 0,
  });
}

/** Prints a figure for an axis: 10k, 2M. */
export function formatShort(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  if (value >= 1e3) return `${value / 1e3}k`;
  return String(value);
}

/** Prints a whole number. */
export const formatCount = (value: number): string => value.toLocaleString('en-US');
