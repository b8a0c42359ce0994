import {
  ConfigError,
  type FollowEnd,
  type GivenFigure,
  type MetricsAnswer,
  type ObserverDescription,
  describe,
  maxMetrics,
  ownMetricFigures,
} from '@panoptes/core';
import { unpackError } from '../runtime/control-errors.js';
import type { MetricValues } from '../runtime/metric-values.js';
import { maxQueries } from '../runtime/own-definition.js';

/**
 * Checks what a thread says of its observer.
 *
 * @throws {ConfigError} when it is not a description
 */
export function checkDescription(answer: unknown): ObserverDescription {
  const { queries, hasDigest, hasProposal, metrics } = (answer ?? {}) as Partial<
    Record<string, unknown>
  >;
  if (
    !Array.isArray(queries) ||
    queries.length > maxQueries ||
    !queries.every((name): name is string => typeof name === 'string') ||
    typeof hasDigest !== 'boolean' ||
    typeof hasProposal !== 'boolean'
  ) {
    throw new ConfigError(`expected an observer with at most ${maxQueries} queries, by name`);
  }
  const figures = ownMetricFigures(metrics as readonly GivenFigure[], 'an observer');
  return { queries, hasDigest, hasProposal, metrics: figures };
}

/** Checks the form of what an observer says of its own figures; the values are its registry's to check. */
export function checkMetrics(answer: unknown): MetricsAnswer {
  const { seq, values } = (answer ?? {}) as Partial<Record<keyof MetricValues, unknown>>;
  if (!Number.isSafeInteger(seq) || !Array.isArray(values) || values.length > maxMetrics) {
    throw new ConfigError(
      `expected at most ${maxMetrics} values of metrics, and their transaction`,
    );
  }
  return { seq: seq as number, values: values.map(valueOf) };
}

/** A value, or the error in its place. */
function valueOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('failure' in value)) return value;
  return unpackError(value.failure);
}

/** Checks an observer's digest. */
export function checkDigest(answer: unknown): string {
  if (typeof answer === 'string' && answer.length <= maxDigest) return answer;
  throw new ConfigError(
    `digest: expected a text of at most ${maxDigest} characters, got ${describe(answer)}`,
  );
}

/** Checks why an observer does not follow the log any more. */
export function checkEnd(answer: unknown): FollowEnd {
  if (answer === 'lapped' || answer === 'paused' || answer === 'ended') return answer;
  throw new ConfigError(`expected 'lapped', 'paused' or 'ended', got ${describe(answer)}`);
}

/** Longest digest, in characters. */
const maxDigest = 65_536;
