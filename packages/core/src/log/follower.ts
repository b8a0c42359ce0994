import { systemClock } from '../clock.js';
import { nextTurn } from '../turns.js';
import type { LogReader } from './log-reader.js';
import type { LogRun } from './log-run.js';

/**
 * Whatever follows a log: an observer, a store, a relay, a publisher. It is handed run after run, each
 * when the promise of the one before has settled, and moves its reader's cursor (`advance`) when what
 * a run was for is done: at once, or later and then for several. What it throws ends its following.
 */
export interface Follower<Run = LogRun> {
  /** Takes the run that was read. A reader of the log overwrites it with the next; what may be kept is a copy. */
  take(run: Run): Promise<void> | undefined;
  /** Looks, before each read, for what else it goes by. 'lapped': it cannot go on from here. */
  look?(): 'lapped' | undefined;
  /** Called when all there is has been read: does what it has put off for that, if it has. */
  caughtUp?(): Promise<void> | undefined;
  /** Sleeps until there may be something, in place of the reader's `park`. */
  park?(): Promise<void>;
}

/**
 * Has a follower follow the log, from where its reader stands, on whatever thread. Its event loop has a
 * turn after 8 ms of work at the latest, between two runs.
 *
 * @returns 'lapped' when the writer has overtaken it, and it needs a snapshot; 'ended' when the log was
 * closed and read, or the reader stopped
 */
export async function follow<Run = LogRun>(
  reader: FollowedReader<Run>,
  follower: Follower<Run>,
): Promise<'lapped' | 'ended'> {
  let burstStart = systemClock.monotonic();
  while (!reader.ended) {
    if (follower.look?.() === 'lapped') return 'lapped';
    const found = reader.read();
    if (found === 'lapped') return 'lapped';
    const work = found === 'events' ? follower.take(reader.run) : follower.caughtUp?.();
    if (work !== undefined) {
      await work;
    } else if (found === 'empty') {
      await (follower.park?.() ?? reader.park());
      burstStart = systemClock.monotonic();
    }
    if (systemClock.monotonic() - burstStart > maxBurstMs) {
      await nextTurn();
      burstStart = systemClock.monotonic();
    }
  }
  return 'ended';
}

/** What a follower reads with: a `LogReader`, or what makes something else of what that reads. */
export interface FollowedReader<Run> extends Pick<LogReader, 'ended' | 'read' | 'park'> {
  /** What the last `read` that returned 'events' found. */
  readonly run: Run;
}

/** How long a follower may keep its thread busy before queries and timers get their turn. */
const maxBurstMs = 8;
