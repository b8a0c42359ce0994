import type { Command } from 'commander';
import { compareRuns, formatComparison } from '../report/run-comparison.js';
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
    .option('--json', 'print one JSON document', false)
    .addOption(maxInputFlag())
    .action((first: string, second: string, { json, maxInput }: CompareFlags) => {
      const comparison = compareRuns(
        readRunDocument(first, maxInput),
        readRunDocument(second, maxInput),
      );
      print(terminal, comparison, formatComparison, json);
      exit(exitCodes.pass);
    });
}

interface CompareFlags {
  readonly json: boolean;
  readonly maxInput: number;
}
