import { ConfigError, describe } from '../errors.js';

/**
 * Checks how long somebody wants to wait.
 *
 * @throws {ConfigError} when it is not a time at all
 */
export function checkTimeout(timeoutMs: unknown): number {
  if (typeof timeoutMs === 'number' && Number.isFinite(timeoutMs) && timeoutMs > 0) {
    return timeoutMs;
  }
  throw new ConfigError(`timeoutMs: expected milliseconds above 0, got ${describe(timeoutMs)}`);
}
