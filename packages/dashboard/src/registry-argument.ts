import { ConfigError, describe, isA } from '@panoptes/core';
import { PeerRegistry } from '@panoptes/workers';

/** @throws {ConfigError} when what a caller has given is no registry with observers */
export function checkRegistry(registry: unknown): asserts registry is PeerRegistry {
  if (isA(registry, PeerRegistry)) return;
  throw new ConfigError(`registry: expected what createRegistry gives, got ${describe(registry)}`);
}
