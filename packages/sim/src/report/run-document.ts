import type { HistogramValue, MetricFigure } from '@panoptes/core';
import type { Machine } from './machine.js';
import type { PhaseTotals } from '../driver/churn-tally.js';
import type { LatencyFigures } from '../latency/latency-histogram.js';
import type { HistogramPart } from './metric-parts.js';
import type { ObserverSummary, Summary } from './summary.js';

/**
 * All that is known of a run: the summary's figures, their course, and what it takes to
 * run it again. It is what `summary.json` holds, and what reports are made of.
 */
export interface RunDocument extends Omit<Summary, 'seed' | 'observers' | 'phases'> {
  readonly schema: typeof runSchema;
  readonly name: string;
  readonly about: string;
  readonly seed: string;
  /** When, as in `2026-01-31T12:00:00.000Z`, and on what. */
  readonly startedAt: string;
  readonly machine: Omit<Machine, 'node'>;
  readonly phases: readonly PhaseFigures[];
  readonly observers: readonly RunObserver[];
  /** From sending a command to its answer, with no other outstanding. */
  readonly latencyMs: LatencyFigures;
  readonly memory: { readonly peakRssMiB: number };
  /** Incarnations that ended unexpectedly. */
  readonly incidents: readonly Incident[];
  readonly thresholds: readonly ThresholdOutcome[];
  readonly series: Series;
  /** The scenario as it was written: file, text, and keys that were set from outside. */
  /** What the stream has that its registry was kept in, if it was. */
  readonly stream?: StreamFacts;
  readonly scenario: {
    readonly file: string;
    readonly text: string;
    readonly overrides: readonly { readonly key: string; readonly value: unknown }[];
  };
}

/** What is known of the stream of a registry, when that was closed. */
export interface StreamFacts {
  /** Of the registry there. */
  readonly name: string;
  readonly servers: readonly string[];
  /** Who has a change when its command resolves: the stream, or this process alone. */
  readonly acknowledge: 'stream' | 'local';
  readonly epoch: number;
  /** The last transaction of the registry, and the last that the stream has. */
  readonly lastSeq: number;
  readonly streamSeq: number;
}

/** The version of the document of a run; it changes when a field's meaning does. */
export const runSchema = 'panoptes.run/3';

/** The course of an observer, one value a sample. */
export interface ObserverSeries {
  readonly name: string;
  readonly state: string[];
  /** Transactions it was behind. */
  readonly lag: number[];
  /** These count from the start. */
  readonly delivered: number[];
  readonly resyncs: number[];
  readonly restarts: number[];
  /** Heap and buffers of its thread, in MiB; null where not known. Older documents do not have it. */
  readonly memoryMiB?: (number | null)[];
  /**
   * Median latency in milliseconds of what was sent since the sample before; null where nothing was
   * timed. Older documents do not have it.
   */
  readonly latencyMs?: (number | null)[];
  /** The figures of its own. Older documents do not have them. */
  readonly metrics?: readonly MetricSeries[];
}

/** The course of one number of an observer's own figures. */
export interface MetricSeries {
  /** The figure, as in `contacts`, or of a histogram a part of it, as in `bucketOccupancy.p50`. */
  readonly figure: string;
  /** Null where it could not be read. */
  readonly values: (number | null)[];
}

/** The course of a run, one value a sample in each column. */
export interface Series {
  /** Virtual milliseconds. */
  readonly at: number[];
  /** Real milliseconds since the start. */
  readonly realMs: number[];
  /** Peers online. */
  readonly online: number[];
  /** These count from the start, and leave out the peers that were there then. */
  readonly joins: number[];
  readonly updates: number[];
  readonly leaves: number[];
  /** Memory of the whole process, in MiB. */
  readonly rssMiB: number[];
  readonly observers: readonly ObserverSeries[];
}

/** What happened in one phase, without the peers that were there at the start of the run. */
export interface PhaseFigures extends PhaseTotals {
  readonly observers: readonly PhaseObserver[];
}

/** What happened to an observer in a phase; what older documents do not have is optional. */
export interface PhaseObserver {
  readonly name: string;
  /** How far it was behind, in transactions. */
  readonly lag: Spread;
  /** Heap and buffers of its thread, in MiB. */
  readonly memoryMiB?: Spread;
  /** How often it was started again. */
  readonly restarts?: number;
  /** The figures of its own. */
  readonly metrics?: readonly PhaseMetric[];
  /** From commits of what was sent in the phase to when it had handled them. */
  readonly latencyMs?: LatencyFigures;
}

/** A figure of an observer's own in a phase; of a histogram, each of its parts. */
export interface PhaseMetric {
  readonly id: string;
  readonly value: PhaseCourse | Readonly<Record<HistogramPart, PhaseCourse>>;
}

/** By the samples of a phase; null where it was not known at any. */
export interface PhaseCourse {
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** At the last of them. */
  readonly last: number | null;
}

/** By the samples of a phase; null where none was taken, or it was not known. */
export interface Spread {
  readonly mean: number | null;
  readonly max: number | null;
}

/** An incarnation of an observer that ended unexpectedly. */
export interface Incident {
  readonly observer: string;
  /** Which incarnation, from 1. */
  readonly incarnation: number;
  /** Why it ended: a stable code, and in words. */
  readonly code: string;
  readonly message: string;
  /** The fault that had been ordered of it before; null when none had. */
  readonly fault: string | null;
  /** Virtual milliseconds at which its end was noticed. */
  readonly atMs: number;
  /** Real milliseconds from the order until then; null without an order. */
  readonly detectMs: number | null;
  /** Real milliseconds from then until the observer was live again; null when it never was. */
  readonly recoverMs: number | null;
}

/** One observer of a run. */
export interface RunObserver extends ObserverSummary {
  /** The figures of its own at the end. Older documents do not have them. */
  readonly metrics?: readonly RunMetric[];
  /** From a commit, as its sender learns of it, to when the observer has handled it. */
  readonly latencyMs: LatencyFigures;
}

/** A figure of an observer's own: what it is, and its value at the end of the run. */
export interface RunMetric {
  readonly id: string;
  readonly kind: MetricFigure['kind'];
  readonly unit: string;
  readonly says: string;
  /** Of a histogram: upper bounds of its buckets; one more is above all of them. */
  readonly bounds?: readonly number[];
  /** Null when it could not be read. */
  readonly value: number | HistogramValue | null;
  /** Why. */
  readonly problem?: string;
}

/** The outcome of a condition on a figure. */
export interface ThresholdOutcome {
  /** The figure's path, as it was written. */
  readonly figure: string;
  readonly condition: string;
  readonly passed: boolean;
  /** The figures that the path names, by their own paths. */
  readonly actual: readonly { readonly figure: string; readonly value: unknown }[];
  /** Why it could not be judged. */
  readonly problem?: string;
}
