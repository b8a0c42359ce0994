import { basename, dirname } from 'node:path';
import type { Command } from 'commander';
import { runPicture } from '../report/html/picture.js';
import { readRunDocument, writeFiles, writeRunFiles } from '../report/run-files.js';
import { formatRun } from '../report/run-text.js';
import { exitCodes } from './exit-codes.js';
import { maxInputFlag } from './flags.js';
import { print, sayWritten } from './print.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes report <run>`: makes reports of a run's summary again. */
export function addReport(
  program: Command,
  terminal: Terminal,
  exit: (code: number) => void,
): void {
  program
    .command('report')
    .summary('make the reports of a run again from its summary.json')
    .description('Prints a run’s report, and writes its files and its picture where asked to.')
    .argument('<run>', 'a run’s summary.json, or the folder that holds it')
    .option('--out <dir>', 'write summary.json, series.csv, junit.xml and report.html there')
    .option('--svg <file>', 'write the main charts as one picture')
    .addOption(maxInputFlag())
    .action((path: string, { out, svg, maxInput }: ReportFlags) => {
      const run = readRunDocument(path, maxInput);
      if (out !== undefined) sayWritten(terminal, writeRunFiles(out, run));
      if (svg !== undefined) {
        const files = new Map([[basename(svg), runPicture(run)]]);
        sayWritten(terminal, writeFiles('--svg', dirname(svg), files));
      }
      print(terminal, run, formatRun);
      exit(exitCodes.pass);
    });
}

interface ReportFlags {
  readonly out?: string;
  readonly svg?: string;
  readonly maxInput: number;
}
