/**
 * Decides whether an incarnation makes no progress any more. Being busy is no sign by itself: healthy
 * heavy work looks the same. Signs are that its event loop has had no turn for too long, or that it
 * has something to do and has neither finished nor begun anything for too long.
 */
export function hangKindOf(signs: LivenessSigns, hangTimeoutMs: number): HangKind | undefined {
  const isIdle = !signs.isBehind || signs.sinceTurnMs < hangTimeoutMs;
  if (isIdle && signs.unprobedMs < hangTimeoutMs) return undefined;
  if (signs.unmeasuredMs >= stuckAfterMs) return 'stuck';
  return signs.unprobedMs >= stuckAfterMs ? 'hung' : 'stalled';
}

/** What is known of an incarnation that follows the log; times in milliseconds, own stalls taken off. */
export interface LivenessSigns {
  /** Whether there are transactions or proposals that it has not finished. */
  readonly isBehind: boolean;
  /** Since its reader's loop turned last. */
  readonly sinceTurnMs: number;
  /** How long a probe has waited for a turn of its thread's event loop; 0 without one under way. */
  readonly unprobedMs: number;
  /** How long a request has waited that is served between any two instructions of JavaScript. */
  readonly unmeasuredMs: number;
}

/**
 * What holds an incarnation up:
 *
 * - `hung`: its thread runs JavaScript that does not end, so that nothing else on it has a turn;
 * - `stuck`: its thread is inside of native code, where not even an interrupt reaches it;
 * - `stalled`: its thread is well, but a handler does not settle.
 */
export type HangKind = 'hung' | 'stuck' | 'stalled';

/** A thread that answers no interrupt for so long is not running JavaScript. */
const stuckAfterMs = 500;
