import { fileBeside } from '@panoptes/core';
import { wrappedModule } from '@panoptes/testkit';
import type { ObserverPort } from '../driver/registry-port.js';
import { numbersABatch } from './handled-times.js';
import { type LatencyFigures, LatencyHistogram, noLatencies } from './latency-histogram.js';
import { LatencySpans } from './latency-spans.js';
import { laneCount, type LanePlace, spanLanes } from '../time/span-lanes.js';
import { TimeSegments } from '../time/time-segments.js';
import type { TimeSpan } from '../time/time-span.js';
import { handledQuery } from './timed.js';

/**
 * From a commit, as its sender learns of it, to when each observer has handled it. Both ends note a
 * time by one clock, the observer's on its own thread, for each batch; now and then it is asked for
 * what it has noted. So nothing is done per event, and nothing that the main thread is busy with
 * counts as the observer's. What a snapshot stood for, and what a dead incarnation had not told,
 * is not measured.
 */
export class ObserverLatencies {
  readonly #seqs = new Float64Array(mostWaiting);
  readonly #times = new Float64Array(mostWaiting);
  readonly #segments = new Uint32Array(mostWaiting);
  readonly #samples = new Uint32Array(mostWaiting);
  #committed = 0;
  #lastSeq = 0;
  readonly #observers = new Map<string, Timed>();
  /** Of each phase: those in one lane follow one another. */
  readonly #places: readonly LanePlace[];
  /** Of each segment of time, the numbers of its phases. */
  readonly #phasesOf: readonly (readonly number[])[];

  /**
   * @param micros - microseconds, by the clock of `timed-observer`
   * @param phases - in any order; they may overlap
   */
  constructor(
    private readonly micros: () => number,
    phases: readonly TimeSpan[],
  ) {
    this.#places = spanLanes(phases, phases.length);
    const segments = new TimeSegments(phases);
    const ranges = phases.map((phase) => segments.of(phase));
    this.#phasesOf = segments.starts.map((_, segment) =>
      [...ranges.keys()].filter((at) => ranges[at]!.from <= segment && segment < ranges[at]!.to),
    );
  }

  /** The module to register instead of an observer's own: the same observer, timed. */
  moduleOf(module: URL): URL {
    return wrappedModule(timedObserver, module);
  }

  /** Takes in an observer that was registered with that module. */
  add(port: TimedPort): void {
    this.#observers.set(port.name, {
      port,
      histogram: new LatencyHistogram(),
      lanes: Array.from(
        { length: laneCount(this.#places) },
        () => new LatencySpans(new LatencyHistogram(), (own) => own.figures()),
      ),
      samples: new LatencySpans(new LatencyHistogram(2), (own) => own.percentile(50)),
      next: this.#committed,
      asking: undefined,
    });
  }

  /** A transaction has been committed, and its sender has just learnt of it. */
  committed(seq: number, { segment, sample }: SendTime): void {
    if (seq <= this.#lastSeq) return;
    this.#lastSeq = seq;
    const place = this.#committed++ % mostWaiting;
    this.#seqs[place] = seq;
    this.#times[place] = this.micros();
    this.#segments[place] = segment;
    this.#samples[place] = sample;
    if (this.#committed % commitsBetweenLooks === 0) this.look();
  }

  /** Asks the observers what they have handled; those that owe an answer are not asked again. */
  look(): void {
    for (const timed of this.#observers.values()) timed.asking ??= this.#ask(timed);
  }

  /** Waits until all that can still be known is. */
  async finish(): Promise<void> {
    for (const timed of this.#observers.values()) {
      await timed.asking;
      await this.#ask(timed);
    }
  }

  /** Of an observer that was taken in. */
  figures(name: string): LatencyFigures {
    return this.#observers.get(name)?.histogram.figures() ?? noLatencies;
  }

  /** Of what was sent in a phase. */
  phaseFigures(name: string, phase: number): LatencyFigures {
    return (
      this.#observers.get(name)?.lanes[this.#places[phase]?.lane ?? 0]?.of(phase) ?? noLatencies
    );
  }

  /** The median, to within a hundredth, of what was sent before a sample and after the one before it. */
  sampleMedian(name: string, sample: number): number | null {
    return this.#observers.get(name)?.samples.of(sample) ?? null;
  }

  async #ask(timed: Timed): Promise<void> {
    try {
      this.#match(timed, (await timed.port.ask(handledQuery, [])) as Float64Array);
    } catch {
      // It is dead, or busy for too long; what it has noted is lost, or will be told later.
    }
    timed.asking = undefined;
  }

  /** Both commits and batches come in the order of their transactions. */
  #match(timed: Timed, batches: Float64Array): void {
    timed.next = Math.max(timed.next, this.#committed - mostWaiting);
    for (let at = 0; at < batches.length; at += numbersABatch) {
      const [first, last, handledAt] = [batches[at]!, batches[at + 1]!, batches[at + 2]!];
      for (; timed.next < this.#committed; timed.next++) {
        const place = timed.next % mostWaiting;
        const seq = this.#seqs[place]!;
        if (seq > last) break;
        if (seq < first) continue;
        const ms = (handledAt - this.#times[place]!) / microsInMs;
        timed.histogram.record(ms);
        for (const phase of this.#phasesOf[this.#segments[place]!] ?? []) {
          timed.lanes[this.#places[phase]!.lane]!.record(ms, phase);
        }
        timed.samples.record(ms, this.#samples[place]!);
      }
    }
  }
}

/** When the command of a transaction was sent. */
export interface SendTime {
  /** Number of the segment of time, between ends of phases, from 0; it never falls, nor does that of the sample. */
  readonly segment: number;
  /** Number of the next sample, from 0. */
  readonly sample: number;
}

const timedObserver = fileBeside(import.meta.url, './timed-observer.js');

/** Commits that wait for observers to handle them; the oldest make room, and are not measured. */
const mostWaiting = 65_536;
/** Observers are asked after so many more commits: well before what they remember makes room. */
const commitsBetweenLooks = 256;
const microsInMs = 1_000;

/** What is asked of an observer. */
type TimedPort = Pick<ObserverPort, 'name' | 'ask'>;

/** A timed observer. */
interface Timed {
  readonly port: TimedPort;
  readonly histogram: LatencyHistogram;
  /** A lane of phases each. */
  readonly lanes: readonly LatencySpans<LatencyFigures>[];
  readonly samples: LatencySpans<number | null>;
  /** Number of the next commit that it has not been seen to handle. */
  next: number;
  asking: Promise<void> | undefined;
}
