import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type { StrikeOrder } from './strike-order.js';

/**
 * The orders that wait for a victim's later incarnations, as its newest thread or the main thread sees
 * them. A thread that is running can be told an order; one that will be started after the next death
 * cannot, so its orders are kept where every new thread looks.
 */
export const deferredOrders = (victim: string): readonly StrikeOrder[] =>
  (getEnvironmentData(keyOf(victim)) as unknown as readonly StrikeOrder[] | undefined) ?? [];

/** Keeps an order for later incarnations. To be called on the thread that starts them. */
export function deferOrder(victim: string, order: StrikeOrder): void {
  setEnvironmentData(keyOf(victim), [...deferredOrders(victim), order] as never);
}

/** Drops all orders that still wait, at the end of a run. */
export function forgetOrders(victim: string): void {
  setEnvironmentData(keyOf(victim), undefined);
}

const keyOf = (victim: string): string => `panoptes.faults.${victim}`;
