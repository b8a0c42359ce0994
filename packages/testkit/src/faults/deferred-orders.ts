import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StrikeOrder, readOrder } from './strike-order.js';

/**
 * The orders that wait for a victim's later incarnations. One that is running can be told an order; one
 * that will be started after the next death cannot, so its orders are kept in a file, which threads
 * and processes find alike.
 *
 * @param place - as `placeOfOrders` gave it
 */
export function deferredOrders(place: string): readonly StrikeOrder[] {
  let text: string;
  try {
    text = readFileSync(place, 'utf8');
  } catch {
    // None was deferred, or its process may not read files.
    return [];
  }
  return text
    .trimEnd()
    .split('\n')
    .map((line) => readOrder(JSON.parse(line)));
}

/** A place for orders that nobody else has. Nothing is there until one is deferred. */
export const placeOfOrders = (): string => join(tmpdir(), `panoptes-orders-${randomUUID()}`);

/** Keeps an order for later incarnations. */
export function deferOrder(place: string, order: StrikeOrder): void {
  appendFileSync(place, `${JSON.stringify(order)}\n`, { mode: 0o600 });
}

/** Drops all orders that still wait, at the end of a run. */
export function forgetOrders(place: string): void {
  rmSync(place, { force: true });
}
