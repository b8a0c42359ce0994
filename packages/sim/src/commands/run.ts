import { ConfigError, describe } from '@panoptes/core';
import type { Command } from 'commander';
import { type NetworkFlags, addNetwork, networkSource, refuse } from './network-argument.js';
import { addKeepingFlags, addRunFlags, type RunFlags } from './run-flags.js';
import { playScenario, replayReport } from './run-scenario.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes run [network]`: runs the scenario of a measured network, or one from a file. */
export function addRun(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const command = addNetwork(
    program
      .command('run')
      .summary('run a scenario, or churn like that of a measured network, and check every observer')
      .description(
        'Runs a scenario from a file, or that of a network whose figures were published: plays its ' +
          'churn into a registry with every observer on its own thread, and checks each against a ' +
          'plain single-threaded model.',
      ),
  ).option('--replay-from <report>', 'run again what a report is of, and compare the logs');
  addKeepingFlags(addRunFlags(command)).action(
    async (name: string, flags: OwnFlags, given: Command) => {
      const output = { ...flags, reading: { strict: flags.strict, maxInputBytes: flags.maxInput } };
      if (flags.replayFrom !== undefined) {
        if (given.args.length > 0) {
          throw new ConfigError(
            `--replay-from: expected no network or scenario beside it, got ${describe(name)}: ` +
              'a report says that itself',
          );
        }
        refuse(
          given,
          ['peers', 'seed', 'duration', 'sessions', 'observers', 'fault', 'set', 'store'],
          'a report says that itself',
        );
        exit(await replayReport(terminal, flags.replayFrom, output));
        return;
      }
      exit(await playScenario(terminal, networkSource(name, flags, given), output));
    },
  );
}

interface OwnFlags extends RunFlags, NetworkFlags {
  readonly replayFrom?: string;
}
