import type { Clock } from '@panoptes/core';
import { Presets, SingleBar } from 'cli-progress';
import { formatDuration } from '../time/duration.js';
import type { ProgressOptions } from './progress.js';

/**
 * How many runs have ended and how long the others will take: a bar on a terminal, a line now and then
 * elsewhere.
 *
 * @param done - runs that an earlier sweep has left: they say nothing of how long one takes
 */
export function showSweepProgress(
  stream: ProgressOptions['stream'],
  total: number,
  done: number,
  clock: Clock,
): SweepProgressView {
  const startedAt = clock.monotonic();
  const bar = stream.isTTY ? startBar(stream, total, done) : undefined;
  let ended = done;
  let nextAt = startedAt + lineEveryMs;
  return {
    advance() {
      ended++;
      const now = clock.monotonic();
      const each = (now - startedAt) / (ended - done);
      const left = `about ${formatDuration(each * (total - ended))} left`;
      bar?.update(ended, { left });
      if (bar !== undefined || now < nextAt) return;
      nextAt = now + lineEveryMs;
      const percent = Math.floor((100 * ended) / total);
      stream.write(`${percent}% · ${ended} of ${total} runs · ${left}\n`);
    },
    stop: () => bar?.stop(),
  };
}

/** Shows how far a sweep has come. */
export interface SweepProgressView {
  /** One more run has ended. */
  advance(): void;
  /** Clears what is shown. */
  stop(): void;
}

/** Without a terminal, a line comes no sooner after the one before. */
const lineEveryMs = 10_000;

function startBar(stream: ProgressOptions['stream'], total: number, done: number): SingleBar {
  const bar = new SingleBar(
    {
      stream: stream as NodeJS.WriteStream,
      format: '{bar} {percentage}% · {value} of {total} runs · {left}',
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  bar.start(total, done, { left: 'first run' });
  return bar;
}
