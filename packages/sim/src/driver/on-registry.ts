import { ConfigError, describe, isA } from '@panoptes/core';
import { PeerRegistry } from '@panoptes/workers';
import type { Summary } from '../report/summary.js';
import type { SimulationFacts } from './simulation-facts.js';

/**
 * Called with the registry of a simulation when it is open, before anything is played; to watch it with a
 * dashboard, for instance. What it returns is waited for. A function that it returns is called, and waited for,
 * when the registry is about to be closed, even after a failure; with what came of the run, unless it failed.
 *
 * ```ts
 * onRegistry: async (registry, { about, protectedObservers }) => {
 *   const dashboard = await startDashboard(registry, { about, protectedObservers });
 *   return () => dashboard.close();
 * }
 * ```
 */
export type OnRegistry = (registry: PeerRegistry, simulation: RunningSimulation) => unknown;

/** Called when a registry is about to be closed. */
export type OnClosing = (summary?: Summary) => unknown;

/** A simulation, for those who watch its registry. */
export interface RunningSimulation {
  /** What there is to say of it now: an option of a dashboard. */
  readonly about: () => SimulationFacts;
  /** Names of the observers that it has for itself, and needs as they are: another one. */
  readonly protectedObservers: readonly string[];
}

/**
 * Tells of the registry.
 *
 * @returns what is to be called before it is closed
 * @throws {ConfigError} when the registry is none of Panoptes, or what came back is not what it can be
 */
export async function tellOfRegistry(
  onRegistry: OnRegistry | undefined,
  registry: unknown,
  simulation: RunningSimulation,
): Promise<OnClosing | undefined> {
  if (onRegistry === undefined) return undefined;
  if (!isA(registry, PeerRegistry)) {
    throw new ConfigError(
      `option 'onRegistry': expected a registry that createRegistry gives, got ${describe(registry)} ` +
        "from 'openRegistry'",
    );
  }
  const onClosing: unknown = await onRegistry(registry, Object.freeze(simulation));
  if (onClosing === undefined || typeof onClosing === 'function') return onClosing as OnClosing;
  throw new ConfigError(
    `option 'onRegistry': expected it to return nothing or a function, got ${describe(onClosing)}`,
  );
}

/** Tells several, in their order. */
export const tellEach =
  (told: readonly OnRegistry[]): OnRegistry =>
  async (registry, simulation) => {
    const closings: unknown[] = [];
    for (const tell of told) closings.push(await tell(registry, simulation));
    return async (summary?: Summary) => {
      for (const one of closings) if (typeof one === 'function') await (one as OnClosing)(summary);
    };
  };

/** Closes a registry, and tells of it before; whatever comes of that. */
export async function closeAfter(
  onClosing: OnClosing | undefined,
  registry: { close(): Promise<void> },
  summary?: Summary,
): Promise<void> {
  try {
    await onClosing?.(summary);
  } finally {
    await registry.close();
  }
}
