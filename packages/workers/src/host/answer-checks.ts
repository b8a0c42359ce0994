import { ConfigError, type ObserverDescription, describe } from '@panoptes/core';
import { maxQueries } from '../runtime/own-definition.js';

/**
 * Checks what a thread says of its observer.
 *
 * @throws {ConfigError} when it is not a description
 */
export function checkDescription(answer: unknown): ObserverDescription {
  const { queries, hasDigest, hasProposal } = (answer ?? {}) as Partial<Record<string, unknown>>;
  if (
    !Array.isArray(queries) ||
    queries.length > maxQueries ||
    !queries.every((name): name is string => typeof name === 'string') ||
    typeof hasDigest !== 'boolean' ||
    typeof hasProposal !== 'boolean'
  ) {
    throw new ConfigError(`expected an observer with at most ${maxQueries} queries, by name`);
  }
  return { queries, hasDigest, hasProposal };
}

/** Checks an observer's digest. */
export function checkDigest(answer: unknown): string {
  if (typeof answer === 'string' && answer.length <= maxDigest) return answer;
  throw new ConfigError(
    `digest: expected a text of at most ${maxDigest} characters, got ${describe(answer)}`,
  );
}

/** Checks why an observer does not follow the log any more. */
export function checkEnd(answer: unknown): 'lapped' | 'ended' {
  if (answer === 'lapped' || answer === 'ended') return answer;
  throw new ConfigError(`expected 'lapped' or 'ended', got ${describe(answer)}`);
}

/** Longest digest, in characters. */
const maxDigest = 65_536;
