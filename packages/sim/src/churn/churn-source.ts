import type { ChurnEvent } from '@panoptes/testkit/model';
import type { Skipped } from '../traces/skipped.js';

/** Where churn comes from: a recorded trace or a generator. It can be read once. */
export interface ChurnSource {
  /** What it is, for the report: a file, or a preset and its seed. */
  readonly name: string;
  /** Its format or kind, as in `skype availability trace`. */
  readonly kind: string;
  /** When its virtual time starts, in Unix milliseconds. */
  readonly epochMs: number;
  /**
   * The events, as they are asked for. Fails with a TraceError where the input cannot be read on.
   * Where they are iterable as well, none has to be waited for: a run is faster then.
   */
  readonly events: AsyncIterable<ChurnEvent> & Partial<Iterable<ChurnEvent>>;
  /**
   * How long the source lasts, in virtual milliseconds: the span over which means are taken. Known
   * once all events have been read.
   */
  spanMs(): number;
  /** How much of it has been read, from 0 to 1. */
  fractionRead(): number;
  /** What was left out of the files behind it until now; absent where nothing can be. */
  readonly skipped?: Skipped;
}
