import type { IsolatingHost } from '@panoptes/testkit';
import type { Command } from 'commander';
import { loadOptional } from './optional-package.js';
import type { Terminal } from './terminal.js';

/**
 * What `@panoptes/bench` adds to this command, and exports as `benchCommands`. That package is made of
 * this one, which only knows its name.
 */
export interface BenchCommands {
  /**
   * Says what `panoptes bench` takes and does.
   *
   * @param exit - to be called with the exit code
   */
  readonly defineBench: (
    command: Command,
    terminal: Terminal,
    exit: (code: number) => void,
  ) => void;
  /** Tries faults and prints the outcomes. Resolves with the exit code. */
  readonly tryFaults: (
    terminal: Terminal,
    names: readonly string[],
    how: TrialFlags,
  ) => Promise<number>;
}

/** How faults are tried. */
export interface TrialFlags {
  /** Where the observers run. */
  readonly host: IsolatingHost;
  /** Upserts a second that the registry is given meanwhile. */
  readonly rate: number;
  readonly json: boolean;
}

/**
 * Loads what measures: who only simulates need not have it.
 *
 * @param what - what it was asked for, to be named in the error
 * @throws {ConfigError} when it is not installed
 */
export async function loadBench(what: string): Promise<BenchCommands> {
  const loaded = (await loadOptional('@panoptes/bench', what)) as { benchCommands: BenchCommands };
  return loaded.benchCommands;
}
