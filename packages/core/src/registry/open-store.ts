import type { RegistryConfig } from '../config.js';
import { CheckedStore } from './checked-store.js';
import type { OpenedStore, RegistryStore, StoreStart } from './registry-store.js';
import { askStore, storeCall } from './store-calls.js';

/**
 * Opens a store for a registry, which knows it from here on as `CheckedStore` shows it.
 *
 * @throws {StoreError} when it cannot be opened, or gives what is none; then it was closed again
 */
export async function openStore(
  store: RegistryStore,
  start: StoreStart,
  limits: StoreLimits,
): Promise<OpenedStore> {
  const { storeOpenTimeoutMs: limitMs, storeTimeoutMs } = limits;
  const give = (opened: unknown): Promise<unknown> =>
    askStore(storeCall('close', storeTimeoutMs), () => (opened as Partial<OpenedStore>).close?.());
  const call = { method: 'open', limitMs, option: 'storeOpenTimeoutMs', late: give } as const;
  const opened = await askStore(call, () => store.open(start));
  try {
    return new CheckedStore(opened, storeTimeoutMs);
  } catch (error) {
    await give(opened).catch(() => undefined);
    throw error;
  }
}

/** How long a store may take, in milliseconds. */
export type StoreLimits = Pick<RegistryConfig, 'storeOpenTimeoutMs' | 'storeTimeoutMs'>;
