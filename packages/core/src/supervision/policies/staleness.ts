/**
 * Decides whether an observer is stale: inactive for longer than it may be. One with `keepAlive` may
 * be inactive for ever, as long as it is caught up and answers.
 */
export function staleness(
  { lastActivity, keepAlive, isCaughtUp }: Activity,
  now: number,
  timeoutMs: number,
): StaleDecision {
  if (now - lastActivity <= timeoutMs) return 'keep';
  return keepAlive && isCaughtUp ? 'ask' : 'evict';
}

/** What is known of an observer's activity. Times are milliseconds of one clock. */
export interface Activity {
  /** When it last finished a transaction, answered a query, or was touched; its first being live counts. */
  readonly lastActivity: number;
  /** Whether it was registered with `keepAlive`. */
  readonly keepAlive: boolean;
  /** Whether it has nothing left to do and is there to answer. */
  readonly isCaughtUp: boolean;
}

/** What is done about an observer's inactivity: nothing, probe it, or evict it. */
export type StaleDecision = 'keep' | 'ask' | 'evict';
