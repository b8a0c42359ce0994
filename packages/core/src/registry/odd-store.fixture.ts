// Stores in which something is as no store has it.
import { StoreError } from '../store-error.js';
import type { OpenedStore, RegistryStore } from './registry-store.js';

/** What a new store has kept. */
export const kept = {
  id: '11111111-1111-4111-8111-111111111111',
  epoch: 1,
  lastSeq: 0,
  lastTime: 0,
  peers: 0,
};
export const never = new Promise<never>(() => undefined);
export const throws = (): never => {
  throw new Error('boo');
};
export const rejects = (): Promise<never> => Promise.reject(new Error('boo'));

/** What is wrong with a store. */
export type Odd = Readonly<Record<string, unknown>>;

/** A store without peers, in which something is as no store has it. */
export function storeWith(odd: () => Odd): RegistryStore & { closed: number } {
  const store = {
    closed: 0,
    open: () =>
      Promise.resolve({
        kept,
        async *entries() {
          // Nothing.
        },
        follow: () => undefined,
        failed: never,
        figures: () => ({ syncP50Ms: NaN, syncP99Ms: NaN, bytesOnDisk: 0, historyFrom: NaN }),
        async *history() {
          // Nothing.
        },
        close: () => {
          store.closed++;
          return Promise.resolve();
        },
        ...odd(),
      } as OpenedStore),
  };
  return store;
}

/** What went wrong: its code, and what it says. */
export async function problemOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'nothing';
  } catch (error) {
    const code = error instanceof StoreError ? error.code : 'no StoreError';
    return `${code}: ${(error as Error).message}`;
  }
}
