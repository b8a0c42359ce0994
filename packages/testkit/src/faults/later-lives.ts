import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type { StrikeOrder } from './strike-order.js';

/*
 * Orders for later incarnations. A thread that is there already can be told; one that will be
 * started after the next death cannot, so its orders are left where every new thread looks.
 */

const keyOf = (victim: string): string => `panoptes.faults.${victim}`;

/** The orders that were left for a victim, as its newest thread or the main thread sees them. */
export const ordersLeftFor = (victim: string): readonly StrikeOrder[] =>
  (getEnvironmentData(keyOf(victim)) as unknown as readonly StrikeOrder[] | undefined) ?? [];

/** Leaves an order for later incarnations. To be called on the thread that starts them. */
export function leaveOrder(victim: string, order: StrikeOrder): void {
  setEnvironmentData(keyOf(victim), [...ordersLeftFor(victim), order] as never);
}

/** Takes all orders back, at the end of a run. */
export function forgetOrders(victim: string): void {
  setEnvironmentData(keyOf(victim), undefined);
}
