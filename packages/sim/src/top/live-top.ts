import type { Cancel, Clock } from '@panoptes/core';
import { colorsFor } from '../report/colors.js';
import { formatDuration } from '../time/duration.js';
import { AlternateScreen, type ScreenInput, type ScreenOutput } from './alternate-screen.js';
import type { DashboardSample } from './dashboard-sample.js';
import { LostConnection } from './dashboard-stream.js';
import { ObserverLines } from './observer-lines.js';
import { firstShown, linesBeside, topFrame } from './top-frame.js';
import { type Key, type TopView, afterKey } from './top-view.js';

/**
 * Shows the observers of a registry on the whole screen of a terminal until somebody quits, and connects
 * again whenever the connection to it is lost.
 */
export class LiveTop {
  readonly #deps: LiveTopDeps;
  readonly #lines = new ObserverLines();
  #view: TopView;
  #sample: DashboardSample;
  /** By monotonic time. */
  #sampledAt: number;
  #lost: string | undefined;
  #screen: AlternateScreen | undefined;
  #isInterrupted = false;

  private constructor(deps: LiveTopDeps, first: DashboardSample) {
    this.#deps = deps;
    this.#view = deps.view;
    this.#sample = first;
    this.#sampledAt = deps.clock.monotonic();
    this.#lines.take(first);
  }

  /**
   * Shows them.
   *
   * @param samples - of the first connection, from the second on; they end with `end`
   * @returns whether it was interrupted; if not, somebody has quit
   * @throws {ConfigError} when it cannot go on: there is another dashboard now
   */
  static async show(
    deps: LiveTopDeps,
    first: DashboardSample,
    samples: AsyncIterable<DashboardSample>,
  ): Promise<boolean> {
    const top = new LiveTop(deps, first);
    const { stdin, stdout, clock } = deps;
    const ignoreInterrupts = deps.onInterrupt(() => top.#stop(true));
    let cancel: Cancel | undefined;
    const tick = (): void => {
      top.#draw();
      cancel = clock.after(tickMs, tick);
    };
    try {
      top.#screen = new AlternateScreen(stdin, stdout, {
        onKey: (key) => top.#press(key),
        onResize: () => top.#draw(),
      });
      tick();
      await top.#follow(samples);
    } finally {
      cancel?.();
      top.#screen?.leave();
      ignoreInterrupts();
    }
    return top.#isInterrupted;
  }

  async #follow(samples: AsyncIterable<DashboardSample>): Promise<void> {
    const { again, end } = this.#deps;
    const { signal } = end;
    for (let next = samples; !signal.aborted; next = again()) {
      try {
        await this.#takeAll(next);
      } catch (error) {
        if (!(error instanceof LostConnection)) throw error;
        this.#lost = error.message;
        this.#draw();
        await this.#pause();
      }
    }
  }

  async #takeAll(samples: AsyncIterable<DashboardSample>): Promise<void> {
    for await (const sample of samples) {
      this.#lost = undefined;
      this.#sampledAt = this.#deps.clock.monotonic();
      if (!this.#view.isPaused) {
        this.#sample = sample;
        this.#lines.take(sample);
      }
      this.#draw();
    }
  }

  #pause(): Promise<void> {
    const { clock, end } = this.#deps;
    return new Promise((resolve) => {
      const goOn = (): void => {
        cancel();
        end.signal.removeEventListener('abort', goOn);
        resolve();
      };
      const cancel = clock.after(retryMs, goOn);
      end.signal.addEventListener('abort', goOn, { once: true });
    });
  }

  #press(key: Key): void {
    const { rows } = this.#screen!.room;
    const next = afterKey(this.#view, key, linesBeside(rows));
    if (typeof next === 'string') return this.#stop(next === 'interrupt');
    const count = this.#lines.list(next).length;
    this.#view = { ...next, above: firstShown(next, count, linesBeside(rows)) };
    this.#draw();
  }

  #stop(isInterrupted: boolean): void {
    this.#isInterrupted = isInterrupted;
    this.#deps.end.abort();
    // At once: what follows may be the end of the process.
    this.#screen?.leave();
  }

  #draw(): void {
    const { title, stdout, env } = this.#deps;
    const screen = this.#screen;
    if (screen === undefined) return;
    const shown = {
      title,
      sample: this.#sample,
      lines: this.#lines.list(this.#view),
      view: this.#view,
      trouble: this.#trouble(),
    };
    screen.show(topFrame(shown, { ...screen.room, colors: colorsFor(stdout, env) }));
  }

  #trouble(): string {
    const agedMs = this.#deps.clock.monotonic() - this.#sampledAt;
    const age = `the last sample is of ${formatDuration(Math.floor(agedMs / 1_000) * 1_000)} ago`;
    if (this.#lost !== undefined) return `connection lost (${this.#lost}), trying again; ${age}`;
    return agedMs > oldMs ? age : '';
  }
}

/** What it depends on. */
export interface LiveTopDeps {
  /** What is shown, and of what. */
  readonly title: string;
  /** The samples of another connection, when one was lost. */
  readonly again: () => AsyncIterable<DashboardSample>;
  readonly stdin: ScreenInput;
  readonly stdout: ScreenOutput;
  readonly env: NodeJS.ProcessEnv;
  /** Real time. */
  readonly clock: Clock;
  readonly view: TopView;
  /** Aborted when it is to end. */
  readonly end: AbortController;
  onInterrupt(stop: () => void): () => void;
}

/** Between two tries to connect. */
const retryMs = 1_000;
/** How often it is drawn at least, for what passes by itself. */
const tickMs = 1_000;
/** Older than this a sample is said to be. */
const oldMs = 5_000;
