import { PanoptesError } from './errors.js';

/**
 * A figure of an observer's own cannot be read: its function threw, or gave what is no value of it;
 * `metric` says which.
 */
export class MetricError extends PanoptesError {
  readonly code = 'METRIC_FAILED';

  constructor(
    readonly observer: string,
    readonly metric: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`metric '${metric}' of observer '${observer}': ${reason}`, options);
  }
}
