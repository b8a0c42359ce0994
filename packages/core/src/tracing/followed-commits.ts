import type { Cancel, Clock } from '../clock.js';
import type { ReaderProgress } from '../log/progress.js';
import type { TracedHandling } from './tracer.js';

/**
 * Watches the cursors of observers until each has finished the commits that are followed. Nothing is sent for
 * it: readers announce that they have moved while somebody waits for that, and cursors are then read. They
 * are read once in a millisecond at most, and less often the longer that takes.
 */
export class FollowedCommits {
  readonly #deps: FollowedCommitsDeps;
  readonly #lines = new Map<string, ObserverLine>();
  #isWatching = false;
  #isClosed = false;

  constructor(deps: FollowedCommitsDeps) {
    this.#deps = deps;
  }

  /**
   * Follows a commit through all observers that follow the log now. Seqs never go back.
   *
   * @returns through how many
   */
  follow(seq: number, told: FollowedCommit['told']): number {
    if (this.#isClosed) return 0;
    const { clock, observers, followMs } = this.#deps;
    const commit = { seq, told, lateFrom: clock.monotonic() + followMs };
    let count = 0;
    for (const [name, observer] of observers) {
      if (!observer.isFollowing) continue;
      this.#lineOf(name, observer).open.add(commit);
      count++;
    }
    if (count > 0 && !this.#isWatching) {
      this.#isWatching = true;
      void this.#watch().catch(this.#deps.failed);
    }
    return count;
  }

  /** Looks for the last time, and follows nothing any more: what is not finished now is left. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#look();
    for (const line of this.#lines.values()) leave(line);
    this.#lines.clear();
    this.#deps.progress.wake();
  }

  #lineOf(name: string, observer: FollowingObserver): ObserverLine {
    const stint = stintOf(observer);
    const known = this.#lines.get(name);
    if (known?.stint === stint) return known;
    if (known !== undefined) leave(known);
    const line = { name, stint, open: new Set<FollowedCommit>() };
    this.#lines.set(name, line);
    return line;
  }

  async #watch(): Promise<void> {
    const { clock, progress } = this.#deps;
    while (!this.#isClosed) {
      // Armed before the look: whoever moves after it wakes this one.
      const moved = progress.moved();
      const start = clock.monotonic();
      this.#look();
      if (this.#lines.size === 0) break;
      const restMs = Math.max(leastRestMs, restFactor * (clock.monotonic() - start));
      const cancel = this.#wakeWhenLate();
      await moved;
      cancel();
      await new Promise<void>((resolve) => clock.after(restMs, resolve, { background: true }));
    }
    this.#isWatching = false;
  }

  #look(): void {
    const { clock, observers } = this.#deps;
    const now = clock.monotonic();
    for (const [name, line] of this.#lines) {
      const observer = observers.get(name);
      if (observer?.isFollowing !== true || stintOf(observer) !== line.stint) leave(line);
      else finish(line, observer.record.cursor, now);
      if (line.open.size === 0) this.#lines.delete(name);
    }
  }

  /** Nobody moves when all that is missing is stuck. */
  #wakeWhenLate(): Cancel {
    const { clock, progress } = this.#deps;
    const oldest = Array.from(this.#lines.values(), ({ open }) => [...open][0]!.lateFrom);
    const leftMs = Math.max(0, Math.min(...oldest) - clock.monotonic());
    return clock.after(Math.ceil(leftMs), () => progress.wake(), { background: true });
  }
}

/** What it depends on. */
export interface FollowedCommitsDeps {
  readonly clock: Clock;
  readonly progress: Pick<ReaderProgress, 'moved' | 'wake'>;
  /** All that are registered, by their names. */
  readonly observers: ReadonlyMap<string, FollowingObserver>;
  readonly followMs: number;
  /** Called when there is a bug in here. */
  readonly failed: (cause: unknown) => void;
}

/** What is seen of an observer. */
export interface FollowingObserver {
  /** Whether it follows the log. */
  readonly isFollowing: boolean;
  readonly record: {
    /** The last transaction it has finished. */
    readonly cursor: number;
    readonly incarnation: number;
    readonly snapshots: { readonly resyncs: number };
  };
}

/** A commit on its way through the observers. */
interface FollowedCommit {
  readonly seq: number;
  /** By the clock's monotonic time. */
  readonly lateFrom: number;
  readonly told: (observer: string, outcome: TracedHandling['outcome']) => void;
}

/** What one observer has still to finish, in order. */
interface ObserverLine {
  readonly name: string;
  /** In which it must finish them: another one has begun with a snapshot. */
  readonly stint: string;
  readonly open: Set<FollowedCommit>;
}

const stintOf = ({ record }: FollowingObserver): string =>
  `${record.incarnation}.${record.snapshots.resyncs}`;

function finish({ name, open }: ObserverLine, cursor: number, now: number): void {
  for (const commit of open) {
    const isFinished = commit.seq <= cursor;
    if (!isFinished && now < commit.lateFrom) return;
    open.delete(commit);
    commit.told(name, isFinished ? 'finished' : 'late');
  }
}

function leave({ name, open }: ObserverLine): void {
  for (const { told } of open) told(name, 'left');
  open.clear();
}

/** Shortest time between two looks at the cursors, in milliseconds. */
const leastRestMs = 1;
/** After a look others have the thread for so many times as long as it took. */
const restFactor = 10;
