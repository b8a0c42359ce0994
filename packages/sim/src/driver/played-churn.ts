import { shortName } from '@panoptes/core';
import type { ChurnEvent } from '@panoptes/testkit';
import { churnIterator } from '../churn/churn-events.js';
import type { ChurnSource } from '../churn/churn-source.js';
import { SkipCount, type Skipped } from '../traces/skipped.js';
import { TraceError } from '../traces/trace-error.js';
import type { ChurnCounts, ChurnTally, PopulationFigures } from './churn-tally.js';

/** A source as it is played: its events one after another, and what was taken of them. */
export class PlayedChurn {
  readonly #source: Pick<ChurnSource, 'name' | 'events' | 'spanMs'>;
  readonly #take: PlayedChurnOptions['take'];
  readonly #untilMs: number;
  readonly #events: ReturnType<typeof churnIterator>;
  readonly #skipped = new SkipCount(false);
  #isWhole = true;
  #sent = 0;
  #answered = 0;
  #committed = 0;
  #lastAt = 0;

  /** @param tally - counts those that are committed */
  constructor(
    { source, take, untilMs = Number.POSITIVE_INFINITY }: PlayedChurnOptions,
    readonly tally: ChurnTally,
  ) {
    this.#source = source;
    this.#take = take;
    this.#untilMs = untilMs;
    this.#events = churnIterator(source.events);
  }

  /** Events that were sent. */
  get sent(): number {
    return this.#sent;
  }

  /** Virtual time of the last one; 0 before the first. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** The next event to be played; undefined at the end, and once `signal` aborts. */
  next(signal?: AbortSignal): ChurnEvent | undefined | Promise<ChurnEvent | undefined> {
    const step = this.#events.next();
    return step instanceof Promise
      ? unlessAborted(step, signal).then((taken) => this.#taken(taken))
      : this.#taken(step);
  }

  /** Says that an event goes to the registry, or has gone. */
  send(event: ChurnEvent): void {
    this.#sent++;
    this.#lastAt = event.at;
  }

  /** Counts an event that was answered, in the order of sending, which is that of commits. */
  count(event: ChurnEvent): void {
    const place = this.#answered++;
    if (event.kind === 'leave' && !this.tally.isOnline(event.nodeId)) {
      this.#skipped.leaveOut(leftBefore(this.#source.name, place, event.nodeId));
      return;
    }
    this.#committed++;
    this.tally.count(event);
  }

  /** Tells the source that no more is asked for. One that is still asked for its next event may never end. */
  async end(signal?: AbortSignal): Promise<void> {
    const ended = this.#events.return?.();
    if (ended instanceof Promise) await unlessAborted(ended, signal);
  }

  /**
   * Virtual milliseconds from the start to where playing ended.
   *
   * @param isCut - whether it ended with the last event, before its time
   */
  spanMs(isCut: boolean): number {
    if (isCut) return this.#lastAt;
    const untilMs = this.#untilMs;
    const spanMs = this.#isWhole ? Math.min(this.#source.spanMs(), untilMs) : untilMs;
    return Math.max(this.#lastAt, spanMs);
  }

  /** What was committed until `spanMs`, virtual milliseconds. */
  figures(spanMs: number): ChurnFigures {
    return {
      events: this.#committed,
      ...this.tally.events,
      peers: this.tally.peers(spanMs),
      spanMs,
      skipped: this.#skipped,
    };
  }

  #taken(step: IteratorResult<ChurnEvent, void> | undefined): ChurnEvent | undefined {
    if (step === undefined || step.done === true) return undefined;
    const event = this.#take?.(step.value) ?? step.value;
    if (event.at <= this.#untilMs) return event;
    this.#isWhole = false;
    return undefined;
  }
}

/** @param place - of the event, from 0 */
const leftBefore = (file: string, place: number, nodeId: string): TraceError =>
  new TraceError(
    { file, field: `events[${place}]` },
    `expected the leave of a peer that is there, got that of '${shortName(nodeId)}', which is not`,
  );

/** The outcome of what is waited for; nothing once `signal` aborts, when it is no longer waited for. */
function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** What is played, and how far. */
export interface PlayedChurnOptions {
  readonly source: Pick<ChurnSource, 'name' | 'events' | 'spanMs'>;
  /** Checks an event that comes from outside, and gives what is to be played; all are played as they are unless given. */
  readonly take?: ((event: unknown) => ChurnEvent) | undefined;
  /** Virtual milliseconds after which to stop; all of the source unless given. */
  readonly untilMs?: number | undefined;
}

/** What was played, and taken by the registry. */
export interface ChurnFigures extends ChurnCounts {
  readonly events: number;
  readonly peers: PopulationFigures;
  /** Virtual milliseconds from the start to where playing ended. */
  readonly spanMs: number;
  /** Events that change nothing: those of peers that leave and are not there. */
  readonly skipped: Skipped;
}
