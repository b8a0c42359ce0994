import type { Command } from 'commander';
import { colorsFor } from '../report/colors.js';
import { compareRuns, formatComparison } from '../report/run-comparison.js';
import { readRunDocument } from '../report/run-files.js';
import { exitCodes } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes compare <first> <second>`: two runs side by side. */
export function addCompare(
  program: Command,
  { stdout }: Terminal,
  exit: (code: number) => void,
): void {
  program
    .command('compare')
    .summary('show what differs between two runs')
    .description('Compares the figures of two runs, and says whether their logs are the same.')
    .argument('<first>', 'a run’s summary.json, or the folder that holds it')
    .argument('<second>', 'another one')
    .option('--json', 'print one JSON document', false)
    .action((first: string, second: string, { json }: { json: boolean }) => {
      const comparison = compareRuns(readRunDocument(first), readRunDocument(second));
      stdout.write(
        json
          ? `${JSON.stringify(comparison, null, 2)}\n`
          : formatComparison(comparison, colorsFor(stdout, process.env)),
      );
      exit(exitCodes.pass);
    });
}
