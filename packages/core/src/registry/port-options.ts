import { leastCommandBytes } from '../log/caller-memory.js';
import { type OptionTable, powerOfTwoOption, readOptions } from '../read-options.js';

/** How much a caller on another thread may send ahead. */
export interface PortOptions {
  /**
   * Room for commands that the registry has not taken yet, in bytes: a power of two from 524,288 to
   * 1,073,741,824. Memory is used as it is needed. Default 4,194,304, some 6,000 usual entries.
   */
  readonly capacityBytes?: number | undefined;
}

const portOptions: OptionTable<PortSettings> = {
  capacityBytes: powerOfTwoOption(2 ** 22, leastCommandBytes, 2 ** 30),
};

export interface PortSettings {
  readonly capacityBytes: number;
}

/** @throws {ConfigError} when an option is not one it can be */
export const portSettings = (options: PortOptions): PortSettings =>
  readOptions(portOptions, options, 'options');
