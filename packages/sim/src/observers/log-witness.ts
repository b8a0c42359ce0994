import type { EventBatch, PeerSnapshot } from '@panoptes/core/observer';
import {
  HistoryChecker,
  type HistoryRecord,
  recordSnapshot,
  type RunEnding,
  type RunFacts,
  seenEvent,
  type Verdicts,
} from '@panoptes/testkit/observer';
import { defineObserver } from '@panoptes/workers/observer';
import { FollowedLog, logQueries } from './followed-log.js';
import { logName } from './log-name.js';

/** Digests the log as `log-observer` does, and holds what it sees of it to the rules. */
class LogWitness {
  readonly followed = new FollowedLog();
  readonly #checker: HistoryChecker;

  /** @param limits - those that the registry keeps */
  constructor(
    private readonly incarnation: number,
    limits: LogWitnessOptions,
  ) {
    const observers = [{ name: logName, kind: logName }];
    this.#checker = new HistoryChecker({ ...limits, observers });
    this.take({ kind: 'start' });
  }

  takeSnapshot(snapshot: PeerSnapshot): void {
    this.followed.begin(snapshot.seq);
    recordSnapshot(this, snapshot);
  }

  take(record: HistoryRecord): void {
    this.#checker.take({ observer: logName, incarnation: this.incarnation, at: 0 }, record);
  }

  takeEvents(batch: EventBatch): void {
    for (const event of batch) {
      this.take(seenEvent(event));
      this.followed.add(event);
    }
    this.take({ kind: 'progress', seq: batch.lastSeq });
  }

  /** The verdicts on all that was taken. */
  verdicts(ending: RunEnding): Verdicts {
    return this.#checker.finish(ending);
  }
}

/** What the witness is registered with. */
export type LogWitnessOptions = Omit<RunFacts, 'observers'>;

export default defineObserver({
  name: logName,
  setup: ({ incarnation, options }) => new LogWitness(incarnation, options as LogWitnessOptions),
  onSnapshot(snapshot, log) {
    log.takeSnapshot(snapshot);
  },
  onEvents(batch, log) {
    log.takeEvents(batch);
  },
  digest: ({ followed }) => followed.digest,
  queries: {
    ...logQueries,
    verdicts: (log, ending: RunEnding): Verdicts => log.verdicts(ending),
  },
});
