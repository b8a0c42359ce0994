import { createRegistry } from '@panoptes/workers';
import type { OpenRegistry } from './registry-port.js';

/**
 * Peers a simulated registry takes. A source says what joins and leaves: were one more peer to evict
 * another, the registry would no longer hold what the source says.
 */
const mostPeers = 8_000_000;

/** Opens a registry of Panoptes itself for a simulation. */
export const openRegistry: OpenRegistry = ({ clock, observers, logBytes }) =>
  createRegistry({
    peers: { maxPeers: mostPeers },
    observers: { maxObservers: observers },
    ...(logBytes !== undefined && { log: { logBytes } }),
    clock,
  });
