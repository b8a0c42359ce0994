import type { EventBatch, PeerSnapshot } from '@panoptes/core/observer';
import {
  HistoryChecker,
  type HistoryRecord,
  LogDigest,
  recordSnapshot,
  type RunEnding,
  type RunFacts,
  seenEvent,
  type Verdicts,
} from '@panoptes/testkit/observer';
import { defineObserver } from '@panoptes/workers/observer';
import { gapDigest, logName } from './log-name.js';

/** Digests the log as `log-observer` does, and holds what it sees of it to the rules. */
class LogWitness {
  readonly #digest = new LogDigest();
  #hasGap = false;
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

  get digest(): string {
    return this.#hasGap ? gapDigest : this.#digest.text;
  }

  takeSnapshot(snapshot: PeerSnapshot): void {
    this.#hasGap = snapshot.seq > 0;
    recordSnapshot(this, snapshot);
  }

  take(record: HistoryRecord): void {
    this.#checker.take({ observer: logName, incarnation: this.incarnation, at: 0 }, record);
  }

  takeEvents(batch: EventBatch): void {
    for (const event of batch) {
      this.take(seenEvent(event));
      this.#digest.add(event);
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
  digest: (log) => log.digest,
  queries: {
    verdicts: (log, ending: RunEnding): Verdicts => log.verdicts(ending),
  },
});
