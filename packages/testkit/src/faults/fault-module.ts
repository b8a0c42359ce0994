import { ConfigError, describe, fileBeside, ownRecord } from '@panoptes/core';
import { wrappedModule } from '../wrapping/wrapped-module.js';
import { placeOfOrders } from './deferred-orders.js';
import { faultNamed } from './fault-table.js';
import { type StrikeOrderInput, readOrder } from './strike-order.js';

/**
 * The module of an observer that misbehaves, to be registered like any other. It does what another
 * observer does (its options are that one's), until the fault strikes.
 *
 * ```ts
 * const module = faultModule('loop', { at: 1_000, observer: myObserver });
 * await registry.registerObserver({ module, name: 'victim' });
 * ```
 *
 * @param name - one of those that `panoptes faults` lists
 * @throws {ConfigError} when there is no such fault, or an option is not one it can be
 */
export function faultModule(name: string, options: FaultModuleOptions = {}): URL {
  faultNamed(name, 'fault');
  const { observer, ...when }: FaultModuleOptions = ownRecord(options, 'options', ['observer']);
  return victimModule(observer === undefined ? undefined : urlOf(observer), [
    readOrder({ ...when, fault: name }),
  ]).module;
}

/** When, in which observer and in which incarnations a fault strikes. */
export interface FaultModuleOptions extends Omit<StrikeOrderInput, 'fault'> {
  /** Module of the observer that misbehaves. Default: one that counts what it sees. */
  readonly observer?: URL;
}

const module = fileBeside(import.meta.url, './victim-module.js');
const canary = fileBeside(import.meta.url, './canary.js');

/**
 * The module of an observer that follows the log and counts what it is handed, on its own: to be
 * registered beside one that misbehaves, and asked whether it has lost anything.
 */
export const canaryModule = (): URL => new URL(canary);

/** A module of a victim, and the place where orders are left for its later incarnations. */
export interface VictimModule {
  readonly module: URL;
  readonly orders: string;
}

/** A module of an observer that behaves like another one until it is ordered otherwise. */
export function victimModule(observer = canary, orders: readonly object[] = []): VictimModule {
  const place = placeOfOrders();
  const settings = { place, orders: JSON.stringify(orders) };
  return { module: wrappedModule(module, observer, settings), orders: place };
}

/** The URL of a module; of any class, for test environments have URLs of their own. */
function urlOf(module: URL): URL {
  try {
    return new URL(module.href);
  } catch (cause) {
    const expected = `expected the URL of an observer's module, got ${describe(module)}`;
    throw new ConfigError(`option 'observer': ${expected}`, { cause });
  }
}
