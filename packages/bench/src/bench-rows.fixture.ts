import { benchSchema, type BenchDocument, type BenchRow } from './bench-document.js';
import { ratiosOf, summarizeRuns } from './statistics.js';

/** A row of which only what matters to a test is given. */
export function rowOf(given: Partial<BenchRow>): BenchRow {
  const { median = 100, runs = [median] } = given;
  return {
    suite: 'fanout',
    metric: 'throughput',
    system: 'panoptes',
    observers: 10,
    peers: 1_000,
    unit: 'upserts/s',
    better: 'more',
    count: 1,
    ...summarizeRuns(runs),
    ...given,
  };
}

/** A document of some machine with these rows. */
export function documentOf(rows: readonly BenchRow[]): BenchDocument {
  return {
    schema: benchSchema,
    node: 'v20.20.2',
    cores: 2,
    cpu: 'Abacus 3000',
    seed: '1',
    startedAt: '2025-01-01T00:00:00.000Z',
    quick: false,
    warnings: [],
    rows: [...rows],
    ratios: ratiosOf(rows),
  };
}
