import type { Clock } from '@panoptes/core';
import { type Options, Presets, SingleBar } from 'cli-progress';
import type { FeedProgress } from '../driver/progress-teller.js';
import type { ObserverFigures, OpenRegistry, RegistryPort } from '../driver/registry-port.js';
import { formatDuration } from '../time/duration.js';
import { printable } from './printable.js';
import { wholeNumberText } from './number-text.js';

/** A bar on a terminal; a line now and then elsewhere, of which a short run leaves none. */
export function showProgress(options: ProgressOptions): ProgressView {
  const { stream, clock } = options;
  const isWatched = stream.isTTY;
  const everyMs = isWatched ? barEveryMs : lineEveryMs;
  const bar = isWatched ? startBar(stream) : undefined;
  const names = new Set(options.observers);
  const course = new Course(options);
  const statesOf = (registry: RegistryPort | undefined): string[] =>
    stateWords(registry?.getObserverStats().observers.filter(({ name }) => names.has(name)) ?? []);
  let registry: RegistryPort | undefined;
  let nextAt = clock.monotonic() + (isWatched ? 0 : everyMs);
  return {
    opening: (open) => async (how) => (registry = await open(how)),
    update(progress) {
      if (clock.monotonic() < nextAt) return;
      nextAt = clock.monotonic() + everyMs;
      const { percent, words } = course.describe(progress, statesOf(registry));
      if (bar !== undefined) bar.update(percent, { words });
      else stream.write(`${percent}% · ${words}\n`);
    },
    stop: () => bar?.stop(),
  };
}

/** Shows how far a run has come. */
export interface ProgressView {
  /** Registries whose observers' states are shown. */
  opening(open: OpenRegistry): OpenRegistry;
  update(progress: FeedProgress): void;
  /** Clears what is shown. */
  stop(): void;
}

/** Where progress is shown, and what of. */
export interface ProgressOptions {
  /** Normally stderr, which leaves stdout to the result. */
  readonly stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;
  /** Real time. */
  readonly clock: Clock;
  /** How much of the source has been read, from 0 to 1. */
  readonly fraction: () => number;
  /** Names of the observers whose states are shown. */
  readonly observers: readonly string[];
}

/** Shows nothing. */
export const noProgress: ProgressView = {
  opening: (open) => open,
  update: () => undefined,
  stop: () => undefined,
};

/** Real milliseconds between two lines: on a terminal, and in a file. */
const barEveryMs = 100;
const lineEveryMs = 10_000;

function startBar(stream: ProgressOptions['stream']): SingleBar {
  const options: Options = {
    stream: stream as NodeJS.WriteStream,
    format: '{bar} {percentage}% · {words}',
    barsize: 20,
    clearOnComplete: true,
    hideCursor: true,
    fps: 10,
  };
  const bar = new SingleBar(options, Presets.shades_classic);
  bar.start(100, 0, { words: 'starting' });
  return bar;
}

/** Rates are taken over so many milliseconds at least: what is shorter jumps. */
const rateOverMs = 2_000;
/** From less than this share the remaining time cannot be estimated. */
const leastFraction = 0.01;

/** Puts a run's course in words. */
class Course {
  readonly #options: ProgressOptions;
  readonly #startedAt: number;
  #since: { readonly at: number; readonly events: number };
  #rate = 0;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#startedAt = options.clock.monotonic();
    this.#since = { at: this.#startedAt, events: 0 };
  }

  describe(
    { events, online, at }: FeedProgress,
    states: readonly string[],
  ): { readonly percent: number; readonly words: string } {
    const fraction = this.#options.fraction();
    const words = [
      formatDuration(at),
      `${wholeNumberText(online)} peers`,
      `${wholeNumberText(this.#rateOf(events))} events/s`,
      ...this.#left(fraction),
      ...states,
    ];
    return { percent: Math.floor(100 * fraction), words: words.join(' · ') };
  }

  #rateOf(events: number): number {
    const now = this.#options.clock.monotonic();
    const { at, events: before } = this.#since;
    const elapsed = now - at;
    if (elapsed >= rateOverMs || this.#rate === 0) {
      this.#rate = elapsed > 0 ? ((events - before) * 1_000) / elapsed : 0;
    }
    if (elapsed >= rateOverMs) this.#since = { at: now, events };
    return this.#rate;
  }

  #left(fraction: number): string[] {
    if (fraction < leastFraction) return [];
    const elapsed = this.#options.clock.monotonic() - this.#startedAt;
    return [`about ${formatDuration((elapsed * (1 - fraction)) / fraction)} left`];
  }
}

/** Observers named one by one; of more the states are counted. */
const mostNamed = 2;

/** As in `12 live, mesh backoff`: who is well is counted, who is not is named. */
function stateWords(observers: readonly ObserverFigures[]): string[] {
  const byState = new Map<string, string[]>();
  for (const { name, state } of observers) {
    byState.set(state, [...(byState.get(state) ?? []), name]);
  }
  const words = [...byState].map(([state, names]) =>
    state === 'live' || names.length > mostNamed
      ? `${names.length} ${state}`
      : `${names.map(printable).join(' and ')} ${state}`,
  );
  return words.length === 0 ? [] : [words.join(', ')];
}
