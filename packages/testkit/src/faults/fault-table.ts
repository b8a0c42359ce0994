import { ConfigError, deepFreeze, describe, suggestion } from '@panoptes/core';
import type { Fault } from './fault.js';
import { resultFaults } from './kinds/bad-results.js';
import { lieFaults } from './kinds/cursor-lie.js';
import { exitFaults } from './kinds/exits.js';
import { floodFaults } from './kinds/floods.js';
import { loopFaults } from './kinds/loops.js';
import { memoryFaults } from './kinds/memory-shapes.js';
import { nativeFaults } from './kinds/native-blocks.js';
import { slowFaults } from './kinds/slowness.js';
import { throwingFaults } from './kinds/throwing.js';

/** Every fault there is, by name. */
export const faults: Readonly<Record<string, Fault>> = deepFreeze({
  ...throwingFaults,
  ...exitFaults,
  ...loopFaults,
  ...nativeFaults,
  ...memoryFaults,
  ...floodFaults,
  ...resultFaults,
  ...slowFaults,
  ...lieFaults,
});

/**
 * The fault of a name.
 *
 * @param option - what the name was given for, to be named in the error
 * @throws {ConfigError} when there is none, with the closest name that there is
 */
export function faultNamed(name: string, option: string): Fault {
  // What is no text may be anything, and would be made one to look it up.
  const isKnown = typeof name === 'string' && Object.hasOwn(faults, name);
  const fault = isKnown ? faults[name] : undefined;
  if (fault !== undefined) return fault;
  throw new ConfigError(
    `${option}: there is no fault ${describe(name)}${suggestion(name, Object.keys(faults))} ` +
      '(see: panoptes faults)',
  );
}
