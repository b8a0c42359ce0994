import type { Clock } from '@panoptes/core';
import { Presets, SingleBar } from 'cli-progress';
import { formatDuration } from '../time/duration.js';

/** Shows how far a sweep has come. */
export interface SweepProgressView {
  /** One more run has ended. */
  advance(): void;
  /** Clears what is shown. */
  stop(): void;
}

/**
 * A progress bar with the time that is left, on a terminal; nothing elsewhere.
 *
 * @param done - runs that an earlier sweep has left: they say nothing of how long one takes
 */
export function showSweepProgress(
  stream: NodeJS.WriteStream,
  total: number,
  done: number,
  clock: Clock,
): SweepProgressView {
  if (!stream.isTTY) return { advance: () => undefined, stop: () => undefined };
  const startedAt = clock.monotonic();
  const bar = new SingleBar(
    {
      stream,
      format: '{bar} {percentage}% · {value} of {total} runs · {left}',
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  bar.start(total, done, { left: 'first run' });
  let ended = done;
  return {
    advance() {
      ended++;
      const each = (clock.monotonic() - startedAt) / (ended - done);
      bar.update(ended, { left: `about ${formatDuration(each * (total - ended))} left` });
    },
    stop: () => bar.stop(),
  };
}
