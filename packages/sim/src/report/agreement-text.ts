import type { Colors } from './colors.js';
import type { ObserverSummary } from './summary.js';

/** Whether something is what it was compared with; null where it was compared with nothing. */
export function agreementText(matches: boolean | null, colors: Colors): string {
  if (matches === null) return colors.yellow('not compared');
  return matches ? colors.green('equal') : colors.red('differs');
}

/** What keeps an observer from agreeing, and whether it was compared at all; nothing if it agrees. */
export function disagreementText({
  digestMatches,
  notCompared,
  problem,
}: Pick<ObserverSummary, 'digestMatches' | 'notCompared' | 'problem'>): string | undefined {
  if (digestMatches === true) return undefined;
  // Older documents say only by `notCompared` that nothing was compared.
  if (digestMatches !== null && notCompared !== true) return problem ?? 'differs';
  return problem && `not compared: ${problem}`;
}

/** As much of two digests as tells them apart: from their beginning, unless that is the same for long. */
export function shortDigests(before: string, after: string): [string, string] {
  const longest = Math.min(before.length, after.length);
  let same = 0;
  while (same < longest && before[same] === after[same]) same++;
  const isShort = Math.max(before.length, after.length) <= 16;
  const from = isShort || same < 12 ? 0 : same - 4;
  const short = (digest: string): string =>
    (from === 0 ? '' : '…') +
    digest.slice(from, from + 16) +
    (digest.length > from + 16 ? '…' : '');
  return [short(before), short(after)];
}

/** As much of a digest as tells it from others. */
export const shortDigest = (digest: string | null): string =>
  digest === null ? 'none' : digest.length > 16 ? `${digest.slice(0, 16)}…` : digest;
