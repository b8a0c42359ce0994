import type { Skipped } from '../traces/skipped.js';
import { placeText } from '../traces/trace-error.js';
import type { Colors } from './colors.js';
import { wholeNumberText } from './number-text.js';

/** What was left out of recorded files, for people to read: how much, and the first of it. */
export function skippedLines(skipped: Skipped | undefined, colors: Colors): string[] {
  if (skipped === undefined || skipped.count === 0) return [];
  const { count, first } = skipped;
  const entries = count === 1 ? 'entry' : 'entries';
  const more = count > first.length ? `, the first ${first.length} of them` : '';
  return [
    colors.yellow(`skipped ${wholeNumberText(count)} ${entries}${more} (--strict refuses them):`),
    ...first.map((entry) => colors.yellow(`  ${placeText(entry)}: ${entry.reason}`)),
  ];
}
