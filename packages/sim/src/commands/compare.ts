import { ConfigError, describe } from '@panoptes/core';
import { type Command, Option } from 'commander';
import { compareRuns, formatComparison, isWithinTolerance } from '../report/run-comparison.js';
import { readRunDocument } from '../report/run-files.js';
import { exitCodes } from './exit-codes.js';
import { maxInputFlag } from './flags.js';
import { print } from './print.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes compare <first> <second>`: two runs side by side. */
export function addCompare(
  program: Command,
  terminal: Terminal,
  exit: (code: number) => void,
): void {
  program
    .command('compare')
    .summary('show what differs between two runs')
    .description('Compares the figures of two runs, and says whether their logs are the same.')
    .argument('<first>', 'a run’s summary.json, or the folder that holds it')
    .argument('<second>', 'another one')
    .addOption(
      new Option(
        '--tolerance <percent>',
        'end with 99 when anything simulated differs, or anything timed by more',
      ).argParser(parsePercent),
    )
    .option('--json', 'print one JSON document', false)
    .addOption(maxInputFlag())
    .action((first: string, second: string, { json, maxInput, tolerance }: CompareFlags) => {
      const comparison = compareRuns(
        readRunDocument(first, maxInput),
        readRunDocument(second, maxInput),
        tolerance,
      );
      print(terminal, comparison, formatComparison, json);
      const isGood = tolerance === undefined || isWithinTolerance(comparison);
      exit(isGood ? exitCodes.pass : exitCodes.threshold);
    });
}

interface CompareFlags {
  readonly json: boolean;
  readonly maxInput: number;
  readonly tolerance?: number;
}

function parsePercent(text: string): number {
  const [, number] = /^(\d+(?:\.\d+)?)%?$/.exec(text) ?? [];
  if (number !== undefined) return Number(number);
  throw new ConfigError(
    `--tolerance: expected percent from 0 on, as in 20 or 20%, got ${describe(text)}`,
  );
}
