import type { Clock } from '../clock.js';
import { ConfigError, describe } from '../errors.js';
import { maxTurnMs } from '../limits.js';
import { inNextTurn } from '../turns.js';
import { WatcherCalls } from '../watcher-calls.js';
import { CommandTrace } from './command-trace.js';
import { FollowedCommits, type FollowedCommitsDeps } from './followed-commits.js';
import type { OwnTracer, TraceListener, TracedCommand, TracedOutcome } from './tracer.js';

/**
 * Has a tracer told of a sample of the commands. What is traced at a time is bounded, and what it is told
 * waits for a turn of its own: no caller and no commit waits for it.
 */
export class Tracing {
  readonly #tracer: OwnTracer;
  readonly #clock: Clock;
  readonly #calls: WatcherCalls;
  #followed: FollowedCommits | undefined;
  /** Commands until the next one of the sample. */
  #left: number;
  /** Traces that are not at their end. */
  #open = 0;
  #leftOut = 0;
  #untold: (() => void)[] = [];
  #isScheduled = false;

  /** @param warn - is told, once, that the tracer is dropped */
  constructor(tracer: OwnTracer, clock: Clock, warn: (facts: object, message: string) => void) {
    this.#tracer = tracer;
    this.#clock = clock;
    this.#left = tracer.sampleEvery;
    const dropped = (): void => this.#stop();
    this.#calls = new WatcherCalls({ option: 'tracer', clock, warn, dropped });
  }

  /** Traces whose end, or whose handling by some observer, is not known yet. */
  get open(): number {
    return this.#open;
  }

  /** Counts a command. Whether it is one of the sample, for which `begin` is to be called. */
  isDue(): boolean {
    return --this.#left === 0;
  }

  /** Begins the trace of a command that is handed in now, if its tracer wants it and has room. */
  begin(kind: TracedCommand['kind']): CommandTrace | undefined {
    this.#left = this.#tracer.sampleEvery;
    // What it does itself is not traced: that would never end.
    if (this.#calls.isCalling) return undefined;
    if (this.#open >= mostOpen) {
      this.#leftOut++;
      return undefined;
    }
    const at = this.#clock.now();
    const epoch = at - this.#clock.monotonic();
    const command = Object.freeze({ kind, at, leftOut: this.#leftOut });
    this.#leftOut = 0;
    const listener = this.#calls.call(() => this.#tracer.began(command));
    if (listener === undefined) return undefined;
    if (!isListener(listener)) return this.#refuse(listener);
    this.#open++;
    const trace = new CommandTrace(command, epoch, this.#clock, (outcome) =>
      this.#ended(trace, listener, outcome),
    );
    return trace;
  }

  /** Has commits followed through the observers, from now on. */
  follow(deps: Pick<FollowedCommitsDeps, 'progress' | 'observers'>): void {
    if (this.#calls.isDropped) return;
    const { followMs } = this.#tracer;
    const failed = (cause: unknown): void => this.#fail(cause);
    this.#followed = new FollowedCommits({ ...deps, clock: this.#clock, followMs, failed });
  }

  /** Tells all that is known, and traces nothing any more. */
  close(): void {
    this.#left = Infinity;
    this.#followed?.close();
    for (const step of this.#untold.splice(0)) this.#calls.call(step);
  }

  #ended(trace: CommandTrace, listener: TraceListener, outcome: TracedOutcome): void {
    this.#tell(() => listener.ended(outcome));
    const { seq } = outcome;
    let waiting = 0;
    if (seq !== undefined && this.#followed !== undefined) {
      waiting = this.#followed.follow(seq, (observer, how) => {
        const at = trace.now();
        this.#tell(() => listener.handled({ observer, seq, outcome: how, at }));
        if (--waiting === 0) this.#open--;
      });
    }
    if (waiting === 0) this.#open--;
  }

  #tell(step: () => void): void {
    if (this.#calls.isDropped) return;
    this.#untold.push(step);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    inNextTurn(() => this.#tellSome());
  }

  /** Tells as much as fits in a turn. */
  #tellSome(): void {
    this.#isScheduled = false;
    const start = this.#clock.monotonic();
    let told = 0;
    while (told < this.#untold.length && this.#clock.monotonic() - start < maxTurnMs) {
      this.#calls.call(this.#untold[told++]!);
    }
    this.#untold.splice(0, told);
    if (this.#untold.length === 0) return;
    this.#isScheduled = true;
    inNextTurn(() => this.#tellSome());
  }

  #stop(): void {
    this.#left = Infinity;
    this.#untold = [];
    this.#followed?.close();
  }

  #refuse(given: unknown): undefined {
    const expected = 'expected began() to return an object with the methods ended and handled';
    this.#fail(new ConfigError(`${expected}, or undefined, got ${describe(given)}`));
  }

  #fail(cause: unknown): void {
    this.#calls.call(() => {
      throw cause;
    });
  }
}

function isListener(given: unknown): given is TraceListener {
  const { ended, handled } = (given ?? {}) as Readonly<Record<string, unknown>>;
  return typeof ended === 'function' && typeof handled === 'function';
}

/** Most commands that are traced at a time; those of the sample that come meanwhile are left out. */
const mostOpen = 1_000;
