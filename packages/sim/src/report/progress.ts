import { type Options, Presets, SingleBar } from 'cli-progress';
import type { FeedProgress } from '../driver/feed.js';
import { formatDuration } from '../time/duration.js';

/** Shows how far a run has come. */
export interface ProgressView {
  update(progress: FeedProgress): void;
  /** Clears what is shown. */
  stop(): void;
}

/** What is shown where nobody watches. */
const silent: ProgressView = { update: () => undefined, stop: () => undefined };

/**
 * A progress bar on a terminal; nothing where the stream is none, so that files and pipes stay clean.
 *
 * @param stream - where to, normally stderr, which leaves stdout to the result
 * @param fraction - how much of the source has been read, from 0 to 1
 */
export function showProgress(stream: NodeJS.WriteStream, fraction: () => number): ProgressView {
  if (!stream.isTTY) return silent;
  const options: Options = {
    stream,
    format: '{bar} {percentage}% · {virtual} · {online} peers online · {events} events',
    clearOnComplete: true,
    hideCursor: true,
    fps: 10,
  };
  const bar = new SingleBar(options, Presets.shades_classic);
  bar.start(100, 0, { virtual: formatDuration(0), online: 0, events: 0 });
  return {
    update: ({ events, online, at }) => {
      bar.update(Math.floor(100 * fraction()), { virtual: formatDuration(at), online, events });
    },
    stop: () => bar.stop(),
  };
}
