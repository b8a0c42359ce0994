import type { RegistryOptions } from '../config.js';
import { ConnectedRegistry } from './connected-registry.fixture.js';
import { ManualClock } from './manual-clock.fixture.js';
import { openLife } from './registry-life.js';
import type { RegistryStore } from './registry-store.js';

/** Begins the next life of the registry whose peers a store keeps. */
export async function storedRegistry(
  store: RegistryStore,
  options: RegistryOptions = {},
  time = new ManualClock(),
): Promise<ConnectedRegistry> {
  const life = await openLife(store, options);
  const log = { logBytes: 2 ** 20 };
  const registry = new ConnectedRegistry({ log, ...options }, time, life);
  await registry.restore();
  return registry;
}
