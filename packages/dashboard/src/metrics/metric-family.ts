import type { OwnReading } from './own-metrics.js';
import type { RegistryLook } from './registry-look.js';

/**
 * Series of one name, as a registry of prom-client asks for them. It keeps no values: they are read when
 * somebody asks, from where they are counted.
 */
export interface MetricFamily {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** What it says, in a sentence or two. */
  readonly help: string;
  /** The names of its labels. */
  readonly labels: readonly string[];
  /** What it is now. */
  read(scrape: Scrape): readonly Series[] | Promise<readonly Series[]>;
}

/** The value of a series. */
export interface Series {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Of a histogram: the family's name with `_bucket`, `_sum` or `_count`. */
  readonly metricName?: string;
}

/** What all families are read from at one time. */
export interface Scrape {
  readonly look: RegistryLook;
  /** What observers say of themselves. */
  readonly own: Promise<readonly OwnReading[]>;
}
