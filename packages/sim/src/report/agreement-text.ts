import type { Colors } from './colors.js';

/** Whether something is what it was compared with; null where there was nothing to compare. */
export function agreementText(matches: boolean | null, colors: Colors): string {
  if (matches === null) return colors.yellow('not comparable');
  return matches ? colors.green('equal') : colors.red('differs');
}

/** As much of a digest as tells it from others. */
export const shortDigest = (digest: string | null): string =>
  digest === null ? 'none' : digest.length > 16 ? `${digest.slice(0, 16)}…` : digest;
