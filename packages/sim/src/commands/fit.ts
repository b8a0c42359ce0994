import { ConfigError, describe } from '@panoptes/core';
import type { Command } from 'commander';
import { formatFit } from '../fit/fit-text.js';
import { fitSessions } from '../fit/session-fit.js';
import { type CutTreatment, cutTreatments } from '../fit/session-sample.js';
import { openTrace } from '../traces/open-trace.js';
import { exitCodes } from './exit-codes.js';
import { maxInputFlag, strictFlag } from './flags.js';
import { print } from './print.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes fit <trace>`: fits models to session lengths. */
export function addFit(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  program
    .command('fit')
    .summary('fit models to the session lengths of a recorded trace')
    .description(
      'Fits Weibull, lognormal, exponential and Pareto distributions to the session lengths of a ' +
        'trace by maximum likelihood, and says how far each is from it.',
    )
    .argument('<trace>', 'a trace with joins and leaves, as replay takes it')
    .option(
      '--cut <how>',
      'sessions that the trace’s ends cut: whole (count with what was seen of them) or drop',
      parseCut,
      'whole',
    )
    .addOption(strictFlag())
    .addOption(maxInputFlag())
    .option('--json', 'print one JSON document', false)
    .action(async (file: string, { cut, json, strict, maxInput }: FitFlags) => {
      const trace = await openTrace(file, { strict, maxInputBytes: maxInput });
      print(terminal, await fitSessions(trace, cut), formatFit, json);
      exit(exitCodes.pass);
    });
}

interface FitFlags {
  readonly strict: boolean;
  readonly maxInput: number;
  readonly cut: CutTreatment;
  readonly json: boolean;
}

function parseCut(text: string): CutTreatment {
  const treatment = cutTreatments.find((known) => known === text);
  if (treatment !== undefined) return treatment;
  throw new ConfigError(
    `--cut: expected one of ${cutTreatments.join(', ')}, got ${describe(text)}`,
  );
}
