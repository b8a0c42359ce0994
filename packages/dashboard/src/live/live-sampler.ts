import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { ServerResponse } from 'node:http';
import type { Cancel, Clock } from '@panoptes/core';
import type { ShownRegistry, ShownState } from '../shown-registry.js';
import { LiveHistory, historyIntervalMs } from './live-history.js';
import type { LiveWatchers } from './live-watchers.js';
import { StateTimeline } from './state-timeline.js';

/**
 * Looks at the registry once a second for the history until it is frozen, and more often while somebody watches: once for all
 * of them. What a look costs decides when the next one may come, so that looking takes no more than a
 * two-hundredth of the thread's time, however many observers there are.
 */
export class LiveSampler {
  readonly history = new LiveHistory();
  readonly timeline = new StateTimeline();
  readonly #deps: LiveSamplerDeps;
  #eventLoop: EventLoopFigures = { delayMs: 0, utilization: 0 };
  #loop: EventLoopUtilization | undefined;
  #cancel: Cancel | undefined;
  /** When the next look is due, by the clock's monotonic time. */
  #due = 0;
  /** Before this it would cost too much. */
  #earliest = 0;
  #historyDue = 0;
  /** What was seen last, and its text once somebody was sent it. */
  #last: { readonly state: ShownState; json: string | undefined } | undefined;
  #isStopped = false;

  constructor(deps: LiveSamplerDeps) {
    this.#deps = deps;
    this.#look();
  }

  /** How busy the registry's thread was between the last two looks. */
  get eventLoop(): EventLoopFigures {
    return this.#eventLoop;
  }

  /**
   * To be called when somebody has begun to watch: a look comes at once, or where that would cost too
   * much they are sent the last one meanwhile, which says of when it is.
   */
  welcome(watcher: ServerResponse): void {
    const now = this.#deps.clock.monotonic();
    if (this.#earliest > now) this.#sendLast(watcher, now);
    this.#schedule(now);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #look(): void {
    const { clock, watchers, liveIntervalMs } = this.#deps;
    const started = clock.monotonic();
    try {
      this.#sample(started);
    } catch {
      // A registry that cannot be looked at is shown no further; its program goes on.
    }
    this.#pauseSince(started);
    this.#schedule(started + (watchers.size > 0 ? liveIntervalMs : historyIntervalMs));
  }

  #sample(started: number): void {
    const { shown, watchers, toJson } = this.#deps;
    const { isFrozen } = shown;
    const state = shown.state();
    const row = isFrozen ? undefined : this.#note(state, started);
    this.#last = { state, json: undefined };
    if (watchers.size === 0) return;
    this.#last.json = toJson(state, this.#eventLoop, row);
    watchers.send('sample', this.#last.json);
  }

  #sendLast(watcher: ServerResponse, started: number): void {
    const { shown, watchers, toJson } = this.#deps;
    // Once it is frozen, nothing from before is shown any more.
    const state = shown.isFrozen ? shown.state() : this.#last?.state;
    if (state === undefined) return;
    if (this.#last?.state !== state) this.#last = { state, json: undefined };
    if (this.#last.json === undefined) {
      this.#last.json = toJson(state, this.#eventLoop, undefined);
      this.#pauseSince(started);
    }
    watchers.sendTo(watcher, 'sample', this.#last.json);
  }

  /** Has what was done since then paid for by a pause, after the one that is due. */
  #pauseSince(started: number): void {
    const ended = this.#deps.clock.monotonic();
    this.#earliest = Math.max(ended, this.#earliest) + (ended - started) * pauseRatio;
  }

  /** Returns the row of the history, when it was time for one. */
  #note({ look, at }: ShownState, started: number): readonly number[] | undefined {
    const loop = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(loop, this.#loop);
    this.#loop = loop;
    const delayMs = this.#due === 0 ? 0 : Math.max(0, started - this.#due);
    this.#eventLoop = { delayMs, utilization };
    this.timeline.note(look.observers, at);
    if (started < this.#historyDue) return undefined;
    this.#historyDue = started + historyIntervalMs - timerSlackMs;
    return this.history.note(look, at, delayMs);
  }

  #schedule(at: number): void {
    if (this.#isStopped) return;
    this.#cancel?.();
    const { clock } = this.#deps;
    this.#due = Math.max(at, this.#earliest);
    const look = () => this.#look();
    this.#cancel = clock.after(this.#due - clock.monotonic(), look, { background: true });
  }
}

/** What a sampler depends on. */
export interface LiveSamplerDeps {
  readonly shown: ShownRegistry;
  readonly clock: Clock;
  readonly watchers: LiveWatchers;
  readonly liveIntervalMs: number;
  /** What is sent of a look; `row` is that of the history, when one was noted. */
  readonly toJson: (
    state: ShownState,
    eventLoop: EventLoopFigures,
    row: readonly number[] | undefined,
  ) => string;
}

/** How the registry's thread came round. */
export interface EventLoopFigures {
  /** Milliseconds that a look came later than it was due. */
  readonly delayMs: number;
  /** Share of the time in which it had something to do, from 0 to 1. */
  readonly utilization: number;
}

/** A look is followed by a pause that is so many times as long. */
const pauseRatio = 199;
/** Timers come a little early or late. */
const timerSlackMs = 20;
