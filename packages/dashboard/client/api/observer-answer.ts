import type { ErrorRow, History, ObserverRow } from './answers.js';

/** All that the server says of one observer. */
export interface ObserverAnswer {
  readonly observer: ObserverRow;
  /** Why its last incarnations ended, oldest first. */
  readonly reasons: readonly EndReason[];
  /** In which states it was seen, oldest first. */
  readonly timeline: readonly StateSeen[];
  readonly deadLetters: readonly DeadLetterRow[];
  /** Null when it has none, or did not say. */
  readonly metrics: OwnMetricsRow | null;
  /** Names of what can be asked of it, as many as there was room for. */
  readonly queries: readonly string[];
  readonly queriesOmitted: number;
}

/** Figures of its own, as they were at `at`, in Unix milliseconds. */
export interface OwnMetricsRow {
  readonly at: number;
  readonly seq: number;
  readonly readings: readonly Reading[];
}

/** Its figures in the last quarter of an hour, and those of its own from when somebody looked at them. */
export interface ObserverHistory extends History {
  readonly own: History;
}

/** Something that it printed, or that was said of it. */
export interface LineRow {
  /** Counts all of them: those that are missing have made room. */
  readonly number: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly incarnation: number;
  readonly source: string;
  readonly level: string;
  readonly text: string;
}

/** What it answered to a query. */
export interface QueryAnswer {
  readonly text: string;
  /** Whether that is only its beginning. */
  readonly isCut: boolean;
  readonly tookMs: number;
}

/** Why an incarnation ended. */
export interface EndReason {
  readonly at: number;
  readonly incarnation: number;
  readonly code: string;
  readonly message: string;
}

/** A state in which it was seen, from `at` on, in Unix milliseconds. */
export interface StateSeen {
  readonly at: number;
  readonly incarnation: number;
  readonly state: string;
}

/** A transaction at which an incarnation failed. */
export interface DeadLetterRow {
  readonly at: number;
  readonly incarnation: number;
  readonly seq: number;
  readonly lastSeq: number;
  readonly code: string;
  readonly error: ErrorRow;
}

/** A figure of an observer's own: its author chose all words of it. */
export type Reading = ReadingWords &
  (
    | { readonly kind: 'gauge' | 'counter'; readonly value: number | null }
    | {
        readonly kind: 'histogram';
        readonly bounds: readonly number[];
        readonly value: HistogramReading | null;
      }
  );

interface ReadingWords {
  readonly id: string;
  readonly unit: string;
  readonly says: string;
  readonly error: ErrorRow | null;
}

/** Many numbers, counted by how large they are. */
export interface HistogramReading {
  readonly count: number;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p99: number | null;
  /** One more than there are bounds. */
  readonly counts: readonly number[];
}
