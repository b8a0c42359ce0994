import { ConfigError } from '@panoptes/core';
import { OutputLock } from '@panoptes/testkit';
import type { Command } from 'commander';
import { sweepReport } from '../report/html/sweep-report.js';
import { jsonText } from '../report/printable.js';
import { makeFolder, writeFiles } from '../report/run-files.js';
import { runsCsv } from '../report/runs-csv.js';
import { sweepJunit } from '../report/sweep-junit.js';
import { formatSweep, sweepFailureLine } from '../report/sweep-text.js';
import { showSweepProgress } from '../report/sweep-progress.js';
import type { Override } from '../scenario/file/scenario-document.js';
import { ScenarioError } from '../scenario/file/scenario-error.js';
import {
  parseScenario,
  readScenarioSource,
  type ScenarioSource,
} from '../scenario/file/scenario-file.js';
import type { Scenario } from '../scenario/schema/scenario.js';
import type { SweepSpec } from '../scenario/schema/sweep.js';
import { checkPoints } from '../sweep/point-check.js';
import { journalName, SweepJournal } from '../sweep/sweep-journal.js';
import {
  countRuns,
  mostTasks,
  type SweepPoint,
  sweepPoints,
  type SweepTask,
  sweepTasks,
} from '../sweep/sweep-plan.js';
import { runSweep } from '../sweep/sweep-run.js';
import {
  type SweepDocument,
  type SweepOutcome,
  sweepCsv,
  sweepDocument,
} from '../sweep/sweep-table.js';
import { refusedDashboardFlag } from './dashboard-flag.js';
import { exitCodes } from './exit-codes.js';
import { maxInputFlag, parseThreads, strictFlag } from './flags.js';
import { print, sayWritten } from './print.js';
import { setFlag } from './run-flags.js';
import {
  type RunAway,
  type SweepClusterFlags,
  addSweepCluster,
  sweepAway,
} from './sweep-cluster.js';
import type { Terminal } from './terminal.js';

async function sweep(terminal: Terminal, file: string, flags: SweepFlags): Promise<number> {
  const seed = flags.seed === undefined ? [] : [{ key: 'seed', value: flags.seed }];
  const source = readScenarioSource(file, [...seed, ...(flags.set ?? [])]);
  const scenario = parseScenario(source);
  const spec = scenario.sweep;
  if (spec === undefined) {
    const message = 'missing; expected a grid, a zip or replications';
    throw new ScenarioError(file, [{ key: 'sweep', message }]);
  }
  if (flags.seed !== undefined && ('seed' in spec.grid || 'seed' in spec.zip)) {
    throw new ConfigError('--seed: expected none, since the sweep is over seed');
  }
  if (countRuns(spec) > mostTasks) {
    const message = `expected at most ${mostTasks} runs, got ${countRuns(spec)}`;
    throw new ScenarioError(file, [{ key: 'sweep', message }]);
  }
  const points = sweepPoints(spec);
  const tasks = sweepTasks(points, scenario.seed, spec.replications);
  checkPoints(source, spec, points, tasks);
  const runAway = await sweepAway(terminal, flags, { name: scenario.name, source, points });
  makeFolder('--out', flags.out, sweepFileNames);
  const lock = OutputLock.ofFolder(flags.out);
  try {
    return await runAll(terminal, { source, scenario, spec, points, tasks, runAway }, flags);
  } finally {
    lock.release();
  }
}

interface SweepFlags extends SweepClusterFlags {
  readonly set?: readonly Override[];
  readonly seed?: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly strict: boolean;
  readonly maxInput: number;
}

/** Adds `panoptes sweep <scenario>`: runs it with every combination of values. */
export function addSweep(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const command = program
    .command('sweep')
    .summary('run a scenario with many values, in parallel')
    .description(
      'Runs a scenario with every combination of the values in its sweep section, several at a time ' +
        'on threads of their own or, with --cluster, with workers on other machines, and tabulates means ' +
        'with 95 % intervals. Results are kept as they come: the same command goes on where an ' +
        'interrupted sweep stopped.',
    )
    .argument('<scenario>', 'a scenario’s file (.yaml, .json) with a sweep section')
    .requiredOption('--out <dir>', 'where the journal and the reports go')
    .addOption(setFlag())
    .option('--seed <text>', 'instead of the scenario’s')
    .option('--threads <n>', 'runs at a time, instead of the scenario’s', parseThreads('--threads'))
    .option('--fresh', 'forget the results that are there', false);
  addSweepCluster(command)
    .option('--json', 'print one JSON document', false)
    .option('--quiet', 'print nothing but errors', false)
    .addOption(strictFlag())
    .addOption(maxInputFlag())
    .addOption(refusedDashboardFlag())
    .action(async (file: string, flags: SweepFlags) => {
      exit(await sweep(terminal, file, flags));
    });
}

/** What is to be run. */
interface SweepPlan {
  readonly source: ScenarioSource;
  readonly scenario: Scenario;
  readonly spec: SweepSpec;
  readonly points: readonly SweepPoint[];
  readonly tasks: readonly SweepTask[];
  /** Unless given, runs are on threads of this process. */
  readonly runAway: RunAway | undefined;
}

async function runAll(
  terminal: Terminal,
  { source, scenario, spec, points, tasks, runAway }: SweepPlan,
  flags: SweepFlags,
): Promise<number> {
  const { stderr, clock } = terminal;
  const journal = SweepJournal.open(flags.out, source, flags.fresh);
  const interrupt = new AbortController();
  const ignoreInterrupts = terminal.onInterrupt(() => interrupt.abort());
  const progress = flags.quiet
    ? undefined
    : showSweepProgress(stderr, tasks.length, journal.results.size, clock);
  const options = {
    source,
    reading: { strict: flags.strict, maxInputBytes: flags.maxInput },
    tasks,
    timeLimitMs: spec.timeLimit,
  };
  const onResult = () => progress?.advance();
  const deps = { journal, clock, signal: interrupt.signal, onResult };
  let haveEnded = true;
  try {
    if (runAway !== undefined) await runAway(options, deps);
    else {
      haveEnded = await runSweep({ ...options, threads: flags.threads ?? spec.threads }, deps);
    }
  } finally {
    progress?.stop();
    ignoreInterrupts();
  }
  const { results } = journal;
  const { name, about } = scenario;
  const { figures, replications } = spec;
  const outcome = {
    name,
    about,
    seed: scenario.seed,
    replications,
    figures,
    points,
    tasks,
    results,
  };
  const document = sweepDocument(outcome);
  const reports = Object.entries(sweepReports).map(
    ([name, textOf]) => [name, textOf(document, outcome)] as const,
  );
  const files = writeFiles('--out', flags.out, new Map(reports));
  if (flags.json || !flags.quiet) print(terminal, document, formatSweep, flags.json);
  else if (document.rows.some(({ failed }) => failed > 0)) {
    print({ ...terminal, stdout: stderr }, document, sweepFailureLine);
  }
  if (!flags.quiet) sayWritten(terminal, files);
  if (!haveEnded) await terminal.kill(1);
  return exitCodeOf(document, results.values());
}

const sweepReports: Readonly<
  Record<string, (document: SweepDocument, outcome: SweepOutcome) => string>
> = {
  'sweep.json': (document) => jsonText(document, 1),
  'sweep.csv': sweepCsv,
  'runs.csv': (_, outcome) => runsCsv(outcome),
  'junit.xml': (_, outcome) => sweepJunit(outcome),
  'report.html': sweepReport,
};

/** What a sweep writes into its folder. */
export const sweepFileNames: readonly string[] = [journalName, ...Object.keys(sweepReports)];

function exitCodeOf(
  { rows, interrupted }: SweepDocument,
  results: Iterable<{ readonly run?: { readonly verdict: string } }>,
): number {
  if (interrupted) return exitCodes.interrupted;
  const isBroken = [...results].some(({ run }) => run?.verdict !== 'pass');
  if (isBroken) return exitCodes.fail;
  return rows.some(({ failed }) => failed > 0) ? exitCodes.threshold : exitCodes.pass;
}
