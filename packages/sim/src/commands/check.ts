import { checkRecording } from '@panoptes/testkit';
import type { Command } from 'commander';
import { formatCheck } from '../report/check-text.js';
import { exitCodes } from './exit-codes.js';
import { maxInputFlag } from './flags.js';
import { print } from './print.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes check <log>`: holds a recorded log to the rules. */
export function addCheck(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  program
    .command('check')
    .summary('hold what observers saw in a recorded run to the rules')
    .description(
      'Reads what every observer of a run saw, recorded with --record, and holds it to the rules ' +
        'of following the log. Needs no registry.',
    )
    .argument('<log>', 'what run or replay has written with --record')
    .option('--json', 'print one JSON document', false)
    .addOption(maxInputFlag())
    .action(async (file: string, { json, maxInput }: CheckFlags) => {
      const document = await checkRecording(file, maxInput);
      print(terminal, document, formatCheck, json);
      exit(document.verdict === 'pass' ? exitCodes.pass : exitCodes.fail);
    });
}

interface CheckFlags {
  readonly json: boolean;
  readonly maxInput: number;
}
