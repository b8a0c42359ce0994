import type { HistogramValue } from './histogram-value.js';

/** One figure, described once for statistics, documents and whatever reads them. */
export interface Figure<Id extends string = string> {
  readonly id: Id;
  /**
   * Whether it only grows (`counter`), goes up and down (`gauge`), or is made of many measurements
   * (`histogram`): one quantile of them, or how many were how large.
   */
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** What it counts in. */
  readonly unit: 'count' | 'seq' | 'ms' | 'bytes' | 'share' | 'Unix ms';
  /** What it says, in one sentence. */
  readonly says: string;
  /** Of a quantile: what was measured, the same for all its quantiles, and which one this is. */
  readonly quantile?: { readonly of: string; readonly at: number };
  /**
   * Of what is counted by how large it was: upper bounds of the buckets, each with its bound, ascending;
   * one more bucket takes what is larger.
   */
  readonly bounds?: readonly number[];
}

/** The figures that a table describes. */
export type Figures<Table extends readonly Figure[]> = {
  readonly [One in Table[number] as One['id']]: One extends { readonly bounds: object }
    ? HistogramValue
    : number;
};
