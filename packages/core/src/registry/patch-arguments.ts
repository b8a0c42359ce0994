import { PeerValidationError } from '../errors.js';
import type { PeerEntry } from '../peers/peer-entry.js';
import type { PeerPatch } from '../peers/peer-patch.js';

/** @throws {PeerValidationError} when there are none: a patch of nothing would change nothing */
export function metricsPatch(metrics: Partial<PeerEntry['connectionMetrics']>): PeerPatch {
  const given: unknown = metrics;
  if (given !== undefined && given !== null) return { connectionMetrics: metrics };
  throw new PeerValidationError('connectionMetrics', 'an object with some fields', given);
}

/**
 * What is below 0 or above 1 is taken as 0 or 1.
 *
 * @throws {PeerValidationError} when it is no number: arithmetic would take null for 0
 */
export function trustPatch(trustScore: number): PeerPatch {
  if (typeof trustScore === 'number' && !Number.isNaN(trustScore)) {
    return { trustScore: Math.min(1, Math.max(0, trustScore)) };
  }
  const expected = 'a number, of which what is below 0 or above 1 is taken as 0 or 1';
  throw new PeerValidationError('trustScore', expected, trustScore);
}
