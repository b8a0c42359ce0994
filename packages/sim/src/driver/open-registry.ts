import { type RegistryOptions, resolveConfig } from '@panoptes/core';
import { runLimits, toldAheadSecs } from '@panoptes/testkit';
import { createRegistry } from '@panoptes/workers';
import { type OpenRegistry, patienceMs } from './registry-port.js';

/** Opens a registry of Panoptes itself for a simulation. */
export const openRegistry: OpenRegistry = ({
  clock,
  observers,
  logger = false,
  logBytes,
  hangTimeoutMs,
  store,
  durability,
}) => {
  const options = optionsFor(observers);
  return createRegistry({
    ...options,
    observers: {
      ...options.observers,
      ...(hangTimeoutMs !== undefined && { hangTimeoutMs }),
      startTimeoutMs: startTimeoutOf(hangTimeoutMs),
    },
    ...(logBytes !== undefined && { log: { logBytes } }),
    ...(store !== undefined && { store }),
    ...(durability !== undefined && { durability }),
    clock,
    logger,
  });
};

/**
 * Peers a simulated registry takes. A source says what joins and leaves: were one more peer to evict
 * another, the registry would no longer hold what the source says.
 */
const mostPeers = 8_000_000;

const optionsFor = (observers: number): RegistryOptions => ({
  peers: { maxPeers: mostPeers, maxFutureSecs: toldAheadSecs },
  observers: {
    // Room enough that a run which fills it is not warned of its own size.
    maxObservers: Math.ceil(observers * 1.25) + 1,
    blockTimeoutMs: patienceMs,
    queryTimeoutMs: patienceMs,
  },
});

const usual = resolveConfig({}).observers;

/** How long an observer may be at one thing without a sign of life, unless a run says otherwise. */
export const usualHangTimeoutMs = usual.hangTimeoutMs;

/**
 * How long it may take to set up, or to read a snapshot: twice the usual, for a machine that is slow. No
 * hang is found of one that waits for what never comes, on a thread that is well.
 */
const startTimeoutOf = (hangTimeoutMs = usualHangTimeoutMs): number =>
  2 * Math.max(usual.startTimeoutMs, hangTimeoutMs);

/** The limits that a simulation's registry with so many observers keeps. */
export function registryLimits(observers: number): ReturnType<typeof runLimits> {
  return runLimits(optionsFor(observers));
}
