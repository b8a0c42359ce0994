import { type RegistryOptions, resolveConfig } from '@panoptes/core';
import type { RunFacts } from '../checkers/history.js';

/**
 * The limits that a registry with these options keeps, for its histories to be held to.
 *
 * @param options - those that the registry is created with
 * @throws {ConfigError} when one of them is not one it can be
 */
export function runLimits(options: RegistryOptions = {}): Omit<RunFacts, 'observers'> {
  const { peers, observers } = resolveConfig(options);
  const { maxRestarts, withinMs } = observers.restart;
  return {
    maxPeers: peers.maxPeers,
    maxObservers: observers.maxObservers,
    restarts: { maxRestarts, withinMs },
  };
}
