import type { BenchRow, SuiteName, SystemName } from './bench-document.js';
import type { BenchPlan } from './bench-plan.js';
import { calibrate, countFor } from './calibration.js';
import { summarizeRuns } from './statistics.js';

/** Entrants that take turns. */
export interface Contest {
  readonly entrants: readonly Entrant[];
  /** Frees everything, in the middle of a run too. */
  close(): Promise<void>;
}

/** A figure that a run yields. */
export interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
}

/** The result of one run. */
export interface RunOutcome {
  /** How long the part took that calibration goes by. */
  readonly elapsedMs: number;
  /** A value for each of the entrant's metrics. */
  readonly values: readonly number[];
}

/** A system that does a suite's work, over and over. */
export interface Entrant {
  readonly system: SystemName;
  readonly observers: number;
  readonly peers: number;
  readonly metrics: readonly Metric[];
  /** How often a run repeats the work: found out, or always the same. */
  readonly count: 'calibrated' | number;
  /**
   * How often the work is done before anything is timed: many threads that each compile their own code get
   * faster too slowly for one run to be told from the next.
   */
  readonly beforehand?: number;
  /** How many times as long as others a calibrated run is to take. */
  readonly lasts?: number;
  /** Whether a single run says it all, and is too long to be repeated. */
  readonly once?: boolean;
  readonly note?: string;
  /**
   * A whole run, from the first change until every observer has handled the last.
   *
   * @throws {BenchMismatchError} when an observer did not get exactly what was sent
   */
  run(count: number): Promise<RunOutcome>;
}

/** An entrant with something of its own to free. */
export interface OpenEntrant extends Entrant {
  close(): Promise<void>;
}

/** Called before every run. */
export type RunListener = (what: string) => void;

/**
 * Has every entrant warm up, then all of them run in turns (A B C A B C …), so that what slows
 * the machine down for a while slows all of them down.
 *
 * @param signal - ends it between two runs, or in the middle of one; what was measured is lost
 * @returns a row for each entrant's metric, in the order of the entrants
 */
export async function holdContest(
  suite: SuiteName,
  { entrants }: Contest,
  plan: BenchPlan,
  signal: AbortSignal,
  onRun: RunListener,
): Promise<BenchRow[]> {
  const run = async (entrant: Entrant, count: number, what: string): Promise<RunOutcome> => {
    onRun(`${suite}, ${entrant.system}, ${entrant.observers} observers: ${what}`);
    return interruptible(entrant.run(count), signal);
  };
  const starts: { entrant: Entrant; count: number; outcomes: RunOutcome[] }[] = [];
  for (const entrant of entrants) {
    const count = await warmUp(entrant, plan, (size) => run(entrant, size, 'warming up'));
    starts.push({ entrant, count, outcomes: [] });
  }
  for (let round = 1; round <= plan.runs; round++) {
    for (const { entrant, count, outcomes } of starts) {
      if (entrant.once === true && round > 1) continue;
      outcomes.push(await run(entrant, count, `run ${round} of ${plan.runs}`));
    }
  }
  return starts.flatMap(({ entrant, count, outcomes }) =>
    entrant.metrics.map(({ name, unit, better }, at) => ({
      suite,
      metric: name,
      system: entrant.system,
      observers: entrant.observers,
      peers: entrant.peers,
      unit,
      better,
      ...summarizeRuns(outcomes.map(({ values }) => values[at]!)),
      count,
      ...(entrant.note !== undefined && { note: entrant.note }),
    })),
  );
}

/**
 * Brings an entrant up to speed. Returns how often its runs shall repeat the work: what fills a run once
 * none is faster any more than the one before. A first trial says little: threads have just begun, and
 * code is not compiled yet.
 */
async function warmUp(
  { count, once, beforehand = 0, lasts = 1 }: Entrant,
  { goal: usual, fixedCount, warmUps }: BenchPlan,
  run: (count: number) => Promise<RunOutcome>,
): Promise<number> {
  const goal = usual && { ...usual, runMs: usual.runMs * lasts };
  const isCalibrated = count === 'calibrated' && goal !== undefined;
  let size = count !== 'calibrated' ? count : fixedCount;
  if (once === true) return size;
  if (isCalibrated && beforehand > 0) await run(beforehand);
  if (isCalibrated) size = await calibrate(goal, async (trial) => (await run(trial)).elapsedMs);
  for (let done = 1; ; done++) {
    const { elapsedMs } = await run(size);
    const fills = isCalibrated ? countFor(goal, size, elapsedMs) : size;
    const isWarm = fills <= size * (1 + stillWarming);
    size = fills;
    if (done >= mostWarmUps || (done >= warmUps && isWarm)) return size;
  }
}

/** An entrant that is faster by more than this share than in its last run gets another one to warm up. */
const stillWarming = 0.1;
const mostWarmUps = 8;

/** Settles as `run` does, or rejects as soon as the user has had enough. */
async function interruptible<T>(run: Promise<T>, signal: AbortSignal): Promise<T> {
  // The result of a run that is no longer waited for is of no interest.
  run.catch(() => undefined);
  signal.throwIfAborted();
  let stop!: () => void;
  const interrupted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([run, interrupted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
