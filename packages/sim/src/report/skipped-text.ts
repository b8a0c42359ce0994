import type { Skipped, SkippedEntry } from '../traces/skipped.js';
import type { Colors } from './colors.js';

/** What was left out of recorded files, for people to read: how much, and the first of it. */
export function skippedLines(skipped: Skipped | undefined, colors: Colors): string[] {
  if (skipped === undefined || skipped.count === 0) return [];
  const { count, first } = skipped;
  const entries = count === 1 ? 'entry' : 'entries';
  const more = count > first.length ? `, the first ${first.length} of them` : '';
  return [
    colors.yellow(`skipped ${digits.format(count)} ${entries}${more} (--strict refuses them):`),
    ...first.map((entry) => colors.yellow(`  ${describeEntry(entry)}`)),
  ];
}

function describeEntry({ file, line, field, reason }: SkippedEntry): string {
  const place = [
    file,
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(field === undefined ? [] : [`field '${field}'`]),
  ];
  return `${place.join(', ')}: ${reason}`;
}

const digits = new Intl.NumberFormat('en-US');
