/** Numbers as they stand in tables and beside charts: short, and of the same form whatever their size. */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1e15) return value.toExponential(2);
  return Math.abs(value) >= 1e7 ? compact.format(value) : whole.format(value);
}

/** Any number, as short as it may be. */
export function decimal(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return Number.isInteger(value) || Math.abs(value) >= 1_000 ? count(value) : fine.format(value);
}

/** How often something happens in a second. */
export function rate(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  if (value < 10) return small.format(value);
  return count(Math.round(value));
}

/** Bytes in units of 1024. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  let [scaled, unit] = [value, 0];
  while (scaled >= 1_000 && unit < byteUnits.length - 1) [scaled, unit] = [scaled / 1024, unit + 1];
  const digits = unit === 0 || scaled >= 100 ? whole : small;
  return `${digits.format(scaled)} ${byteUnits[unit]!}`;
}

/** Milliseconds that something took. */
export function milliseconds(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value === 0) return '0 ms';
  if (value >= 10_000) return `${small.format(value / 1_000)} s`;
  if (value >= 100) return `${whole.format(value)} ms`;
  return `${(value >= 1 ? small : fine).format(value)} ms`;
}

/** A share, from 0 to 1. */
export function share(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const percent = value * 100;
  return `${(percent > 0 && percent < 10 ? small : whole).format(percent)} %`;
}

/** How long ago something was, in one unit. */
export function ago(elapsedMs: number): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1_000));
  if (seconds < 1) return 'now';
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 36 * 3_600) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** The time of day of an instant, in Unix milliseconds. */
export const timeOfDay = (at: number): string => clock.format(at);

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const small = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const fine = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });
const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
