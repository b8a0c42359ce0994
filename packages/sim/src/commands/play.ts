import type { ChurnSource } from '../churn/churn-event.js';
import { simulate } from '../driver/simulation.js';
import type { ChurnOrigin } from '../model/churn-origin.js';
import type { FaultRequest } from '../faults/injection/fault-request.js';
import { scheduleFaults } from '../faults/injection/fault-schedule.js';
import type { NamedObserver } from '../observers/observer-list.js';
import { builtInsOf } from '../observers/observer-module.js';
import { showProgress } from '../report/progress.js';
import { formatSummary } from '../report/text-summary.js';
import type { Speed } from '../time/speed.js';
import { exitCodes } from './exit-codes.js';
import { complain, print } from './print.js';
import type { Terminal } from './terminal.js';

/** What both commands that play churn know of how. */
export interface PlayOptions {
  readonly observers: readonly NamedObserver[];
  readonly speed: Speed;
  readonly seed: string | null;
  readonly untilMs?: number | undefined;
  readonly faults: readonly FaultRequest[];
  /** What the source was made of, if it can be made again. */
  readonly origin?: ChurnOrigin | undefined;
  /** How long the source lasts, if that is known before it is read. */
  readonly spanMs?: number | undefined;
  /** File to put down in what every observer sees. */
  readonly record?: string | undefined;
  /** Print one JSON document instead of text. */
  readonly json: boolean;
}

/** Plays a source and prints what came of it. Returns the exit code. */
export async function play(
  terminal: Terminal,
  source: ChurnSource,
  options: PlayOptions,
): Promise<number> {
  const { clock, openRegistry, startModel, stderr } = terminal;
  const { speed, seed, untilMs } = options;
  const faults = scheduleFaults(options.faults, {
    observers: options.observers.map(({ name }) => name),
    seed: seed ?? source.name,
    spanMs: options.spanMs ?? untilMs,
  });
  const observers = builtInsOf(options.observers);
  const interrupt = new AbortController();
  const ignoreInterrupts = terminal.onInterrupt(() => interrupt.abort());
  let playedTo = 0;
  const fraction = (): number =>
    Math.max(source.fractionRead(), untilMs === undefined ? 0 : playedTo / untilMs);
  const progress = showProgress({
    stream: stderr,
    clock,
    fraction,
    observers: options.observers.map(({ name }) => name),
  });
  const { signal } = interrupt;
  try {
    const summary = await simulate({
      source,
      origin: options.origin,
      seed,
      observers,
      speed,
      untilMs,
      faults,
      record: options.record,
      clock,
      openRegistry: progress.opening(openRegistry),
      startModel,
      signal,
      onProgress: (now) => {
        playedTo = now.at;
        progress.update(now);
      },
    });
    progress.stop();
    print(terminal, summary, formatSummary, options.json);
    if (summary.recordingProblem !== undefined) complain(terminal, summary.recordingProblem);
    if (summary.threadsLeft !== undefined) await terminal.kill(summary.threadsLeft);
    if (summary.interrupted) return exitCodes.interrupted;
    const isGood = summary.verdict === 'pass' && summary.recordingProblem === undefined;
    return isGood ? exitCodes.pass : exitCodes.fail;
  } finally {
    progress.stop();
    ignoreInterrupts();
  }
}
