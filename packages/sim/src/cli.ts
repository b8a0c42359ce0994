import { ConfigError, PanoptesError, packageVersion } from '@panoptes/core';
import { RecordedLogError } from '@panoptes/testkit';
import { Command, CommanderError } from 'commander';
import { addBench } from './commands/bench.js';
import { addCheck } from './commands/check.js';
import { addCompare } from './commands/compare.js';
import { addCompletion } from './commands/completion.js';
import { addDoctor } from './commands/doctor.js';
import { endingSignals } from './commands/ending-signals.js';
import { exitCodes } from './commands/exit-codes.js';
import { addFaults } from './commands/faults.js';
import { addFit } from './commands/fit.js';
import { addFollow, isFollowInput } from './commands/follow.js';
import { addInit } from './commands/init.js';
import { defineNow } from './commands/late-definition.js';
import { addLog } from './commands/log-flag.js';
import { namedFiles } from './commands/named-files.js';
import { addReplay } from './commands/replay.js';
import { addReport } from './commands/report.js';
import { addRun } from './commands/run.js';
import { addSchema } from './commands/schema.js';
import { addStore, isStoreInput } from './commands/store.js';
import { addServe } from './commands/serve.js';
import { addSweep } from './commands/sweep.js';
import { processTerminal, type Terminal } from './commands/terminal.js';
import { addTop } from './commands/top.js';
import { addWorker } from './commands/worker.js';
import { InterruptedError } from './driver/interrupted-error.js';
import { OtherRunError } from './driver/other-run-error.js';
import { refuseSharedFiles } from './output/output-places.js';
import { printable, printableLines } from './report/printable.js';
import { ScenarioError } from './scenario/file/scenario-error.js';
import { TraceError } from './traces/trace-error.js';

/**
 * The `panoptes` command.
 *
 * @param args - the arguments after the command's own name
 * @param terminal - the world around it
 * @returns the exit code
 */
export async function main(
  args: readonly string[],
  around: Terminal = processTerminal,
): Promise<number> {
  const terminal: Terminal = { ...around, env: { ...around.env } };
  let exitCode: number = exitCodes.pass;
  const exit = (code: number): void => {
    exitCode = code;
  };
  const program = new Command('panoptes')
    .description('Simulates, tests and measures a peer registry with many observers.')
    .version(packageVersion())
    .option('--no-color', 'print without colours, like NO_COLOR in the environment')
    .on('option:no-color', () => (terminal.env['NO_COLOR'] = '1'))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(printableLines(text)),
    })
    .addHelpText('after', examples)
    .hook('preSubcommand', (_, command) => defineNow(command))
    // Before the log's file is opened.
    .hook('preAction', (_, command) => refuseSharedFiles(namedFiles(command)));
  const logging = addLog(program, terminal);
  addReplay(program, logging, exit);
  addRun(program, logging, exit);
  addServe(program, logging, exit);
  addFollow(program, logging, exit);
  addSweep(program, logging, exit);
  addWorker(program, logging, exit);
  addReport(program, logging, exit);
  addCompare(program, logging, exit);
  addInit(program, logging, exit);
  addSchema(program, logging, exit);
  addCheck(program, logging, exit);
  addFit(program, logging, exit);
  addStore(program, logging, exit);
  addTop(program, logging, exit);
  addBench(program, logging, exit);
  addFaults(program, logging, exit);
  addDoctor(program, logging, exit);
  addCompletion(program, logging, exit);
  // A command that leaves nothing when it is stopped need not know of it.
  const ignoreSignals = terminal.onInterrupt();
  try {
    if (args.includes('help')) await defineNamed(program, args);
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    exitCode = report(error, terminal);
  } finally {
    ignoreSignals();
  }
  return exitCode === exitCodes.interrupted ? endingSignals[around.endedBy ?? 'SIGINT'] : exitCode;
}

const examples = `
Examples:
  $ panoptes run                                    generated churn of Skype superpeers
  $ panoptes run kad --peers 1000 --duration 2h     another network, smaller and shorter
  $ panoptes run --seed 7 --json                    a run that can be repeated, as JSON
  $ panoptes init && panoptes run scenario.yaml     a scenario of your own
  $ panoptes run flash.yaml --out out --seed 7      with reports in a folder
  $ panoptes sweep flash.yaml --out sweep           with many values, in parallel
  $ panoptes sweep flash.yaml --out sweep --cluster nats://host:4222
  $ panoptes worker --cluster nats://host:4222      does its runs, on any machine
  $ panoptes replay trace.avt --until 2d            the first two days of a recorded trace
  $ panoptes replay churn.jsonl.gz --speed 3600x    an hour a second
  $ panoptes replay trace.avt --out out             with the same reports
  $ panoptes replay mesh.json --observers mesh*4    four observers of one kind
  $ panoptes run --fault loop:mesh@2d               one of them loops for ever on the third day
  $ panoptes faults                                 all faults that can be injected
  $ panoptes run --record run.plog                  record what every observer sees
  $ panoptes check run.plog                         check it against the rules
  $ panoptes store verify data                      look through a registry's store
  $ panoptes run kad --dashboard                    shown in a browser while it runs
  $ panoptes serve kad --cluster nats://host:4222 --name demo
                                                    its registry in a stream, in real time
  $ panoptes follow --cluster nats://host:4222 --name demo
                                                    that registry, on another machine
  $ panoptes top 'http://127.0.0.1:7337/?token=…'   its observers in a terminal
  $ panoptes fit trace.avt                          which distribution its sessions follow

Exit codes: 0 everything agrees, 1 something does not, 2 bad usage, scenario or input,
99 a threshold does not hold, 130 interrupted, 143 and 129 by SIGTERM and SIGHUP.`;

/** Defines the commands that are asked about: `help` asks for no hook before it shows what there is. */
async function defineNamed(program: Command, args: readonly string[]): Promise<void> {
  for (const command of program.commands) {
    if (args.includes(command.name())) await defineNow(command);
  }
}

/** Prints what went wrong in one sentence; only a bug in Panoptes prints where it happened. */
function report(error: unknown, { stderr }: Terminal): number {
  if (error instanceof CommanderError) {
    // It has printed its own message, or the help that was asked for.
    return error.exitCode === 0 ? exitCodes.pass : exitCodes.usage;
  }
  if (error instanceof PanoptesError) {
    const lines = error instanceof ScenarioError ? error.lines : [error.message];
    stderr.write(`panoptes: ${lines.map(printable).join('\n')}\n`);
    if (error instanceof InterruptedError) return exitCodes.interrupted;
    const theirs = [TraceError, ConfigError, ScenarioError, RecordedLogError, OtherRunError].some(
      (kind) => error instanceof kind,
    );
    return theirs || isStoreInput(error) || isFollowInput(error) ? exitCodes.usage : exitCodes.fail;
  }
  const bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stderr.write(`panoptes: ${printableLines(bug)}\n`);
  return exitCodes.fail;
}
