import type { LatencyFigures } from '../latency/latency-histogram.js';
import type { RunDocument } from './run-document.js';

/** All latencies of a run: of its commits, then of each observer. */
export const runLatencies = ({ latencyMs, observers }: RunDocument): NamedLatency[] => [
  { name: 'commits', figures: latencyMs },
  ...observers.map((one) => ({ name: one.name, figures: one.latencyMs })),
];

/** Latencies of one kind, as reports show them. */
export interface NamedLatency {
  readonly name: string;
  readonly figures: LatencyFigures;
}
