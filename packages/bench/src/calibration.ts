/**
 * Finds out how many repetitions fill a run: tries more and more until a trial is long enough to
 * tell. The trials warm the system up on the way.
 *
 * @param trial - repeats the work so often and returns the milliseconds it took
 */
export async function calibrate(
  goal: CalibrationGoal,
  trial: (count: number) => Promise<number>,
): Promise<number> {
  let count = Math.min(goal.firstCount, goal.maxCount);
  for (;;) {
    const elapsedMs = await trial(count);
    const wanted = countFor(goal, count, elapsedMs);
    if (elapsedMs >= goal.runMs * tellingShare || wanted <= count) return wanted;
    count = Math.min(wanted, count * mostGrowth);
  }
}
/** How long a run should take, and what it may repeat. */
export interface CalibrationGoal {
  /** Milliseconds that a run should take. */
  readonly runMs: number;
  /** Repetitions to begin with. */
  readonly firstCount: number;
  /** No more than this, however fast the system is. */
  readonly maxCount: number;
}

/** A trial that takes less than this share of a run says too little about a longer one. */
const tellingShare = 1 / 4;
/** Longest step from one trial to the next: code that is not compiled yet seems slow. */
const mostGrowth = 8;

/** Repetitions that would take `runMs` at the speed of a trial, between 1 and the most allowed. */
export function countFor(
  { runMs, maxCount }: CalibrationGoal,
  count: number,
  elapsedMs: number,
): number {
  const wanted = elapsedMs <= 0 ? maxCount : Math.round((count * runMs) / elapsedMs);
  return Math.min(maxCount, Math.max(1, wanted));
}
