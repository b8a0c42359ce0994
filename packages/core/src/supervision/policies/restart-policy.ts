import type { RestartConfig } from '../../config.js';

/**
 * Decides what to do with an observer that has ended. The rules are those of OTP's supervisors
 * (restart types; more than so many restarts in a time means giving up) and of Pekko's backoff (the
 * n-th wait in a row is min·2ⁿ and up to `jitter` more, never above the maximum).
 *
 * @param normal - whether it ended by itself without an error
 * @param now - milliseconds, by the same clock as the history
 * @param chance - from 0 up to 1
 */
export function afterEnd(
  type: RestartType,
  normal: boolean,
  history: RestartHistory,
  now: number,
  chance: number,
  config: RestartConfig,
): RestartDecision {
  if (type === 'temporary' || (type === 'transient' && normal)) return { kind: 'finish' };
  const recent = history.restarts.filter((at) => now - at < config.withinMs);
  if (recent.length >= config.maxRestarts) return { kind: 'quarantine' };
  const streak = now - history.lastEnd >= config.quietMs ? 0 : history.streak;
  const delay = config.minBackoffMs * 2 ** streak * (1 + config.jitter * chance);
  return {
    kind: 'restart',
    delayMs: Math.min(config.maxBackoffMs, delay),
    history: { restarts: [...recent, now], streak: streak + 1, lastEnd: now },
  };
}

/** When an observer is started again: always, after a failure only, or never. */
export type RestartType = 'permanent' | 'transient' | 'temporary';

/** What the policy remembers of an observer. */
export interface RestartHistory {
  /** When it was restarted, milliseconds, oldest first; no more than the policy counts. */
  readonly restarts: readonly number[];
  /** Failures since the last quiet time. */
  readonly streak: number;
  /** When it last ended. */
  readonly lastEnd: number;
}

/** What to do with an observer that has ended. */
export type RestartDecision =
  | { readonly kind: 'restart'; readonly delayMs: number; readonly history: RestartHistory }
  | { readonly kind: 'quarantine' }
  | { readonly kind: 'finish' };

/** The history of an observer that has not ended yet. */
export const noRestarts: RestartHistory = {
  restarts: [],
  streak: 0,
  lastEnd: Number.NEGATIVE_INFINITY,
};
