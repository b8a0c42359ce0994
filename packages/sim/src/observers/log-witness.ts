import {
  type HistoryRecord,
  type RunEnding,
  HistoryChecker,
  type Verdicts,
  type HistorySink,
  witnessed,
} from '@panoptes/testkit';
import { registryLimits } from '../driver/open-registry.js';
import logDigest from './log-digest.js';

/** A history that is held to the rules at once and kept nowhere. */
class CheckedSink implements HistorySink {
  readonly #checker = new HistoryChecker({
    ...registryLimits(1),
    observers: [{ name: logDigest.name, kind: logDigest.name }],
  });

  constructor(private readonly incarnation: number) {}

  take(record: HistoryRecord): void {
    const { incarnation } = this;
    this.#checker.take({ observer: logDigest.name, incarnation, at: 0 }, record);
  }

  /** The verdicts on all that was taken. */
  verdicts(ending: RunEnding): Verdicts {
    return this.#checker.finish(ending);
  }

  flush(): void {
    // Nothing of it outlives the run.
  }

  close(): void {
    // Nothing was opened.
  }
}

/** Follows the log like `log-digest`, and holds what it sees to the rules while it does. */
export default witnessed(logDigest, ({ incarnation }) => new CheckedSink(incarnation), {
  verdicts: (sink, ending: RunEnding): Verdicts => sink.verdicts(ending),
});
