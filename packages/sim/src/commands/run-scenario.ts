import { OutputLock } from '@panoptes/testkit';
import { type OnRegistry, tellEach } from '../driver/on-registry.js';
import type { Reading } from '../input/reading.js';
import { noProgress, showProgress } from '../report/progress.js';
import type { RunDocument } from '../report/run-document.js';
import { makeFolder, readRunDocument, runReportNames, writeRunFiles } from '../report/run-files.js';
import { failureLine, failureReason, formatRun } from '../report/run-text.js';
import type { ScenarioSource } from '../scenario/file/scenario-file.js';
import { prepareScenario, runScenario, untilOf } from '../scenario/run/scenario-run.js';
import type { Speed } from '../time/speed.js';
import type { DashboardPort } from './dashboard-flag.js';
import { exitCodes } from './exit-codes.js';
import { runDashboard } from './run-dashboard.js';
import { runStore } from './run-store.js';
import type { ServedStream } from './served-stream.js';
import { complain, print, sayWritten } from './print.js';
import type { Terminal } from './terminal.js';

/** Runs a scenario, prints its outcome and writes its reports. Returns the exit code. */
export async function playScenario(
  terminal: Terminal,
  source: ScenarioSource,
  output: RunOutput,
): Promise<number> {
  return watched(terminal, output, async (watching) => {
    const run = await runAndShow(terminal, source, output, watching);
    return { run, code: exitCodeOf(run) };
  });
}

/** How a run is read, shown and kept. */
export interface RunOutput {
  readonly reading: Reading;
  readonly speed: Speed;
  /** File to record what every observer sees in. */
  readonly record?: string | undefined;
  /** File to write every change into, for other tools. */
  readonly events?: string | undefined;
  /** Folder of the store that its registry is kept in. */
  readonly store?: string | undefined;
  /** The stream that its registry is kept in, instead. */
  readonly stream?: ServedStream | undefined;
  /** Where it is shown while it runs, and after. */
  readonly dashboard?: DashboardPort | undefined;
  /** Where reports are written. */
  readonly out?: string | undefined;
  /** Print one JSON document instead of text. */
  readonly json: boolean;
  /** Print nothing but errors. */
  readonly quiet: boolean;
}

/**
 * Runs again what a report is of, and compares the logs.
 *
 * @param path - of its summary.json, or of the folder that holds it
 */
export async function replayReport(
  terminal: Terminal,
  path: string,
  output: RunOutput,
): Promise<number> {
  const before = readRunDocument(path, output.reading.maxInputBytes);
  return watched(terminal, output, async (watching) => {
    const run = await runAndShow(terminal, before.scenario, output, watching);
    if (run.interrupted) return { run, code: exitCodes.interrupted };
    const isSame = run.logDigest !== null && run.logDigest === before.logDigest;
    if (!output.quiet || !isSame) terminal.stderr.write(`${comparedLogs(path, before, run)}\n`);
    return { run, code: isSame ? exitCodeOf(run) : exitCodes.fail };
  });
}

/** How a run is watched while it goes on. */
interface Watching {
  /** Aborts it at the first signal that asks to end. */
  readonly interrupt: AbortController;
  readonly onRegistry: OnRegistry | undefined;
}

/**
 * Plays a run with a dashboard, where one is asked for, which stays until the command is asked to end.
 *
 * @param play - runs it and prints what came of it
 * @returns the exit code
 */
async function watched(
  terminal: Terminal,
  { dashboard: port }: RunOutput,
  play: (watching: Watching) => Promise<PlayedRun>,
): Promise<number> {
  const interrupt = new AbortController();
  const dashboard = port === undefined ? undefined : await runDashboard(terminal, port);
  let played: PlayedRun;
  try {
    played = await play({ interrupt, onRegistry: dashboard?.onRegistry });
    if (!interrupt.signal.aborted) await dashboard?.untilAsked();
  } finally {
    await dashboard?.close();
  }
  const { run, code } = played;
  if (run.threadsLeft !== undefined) await terminal.kill(run.threadsLeft);
  return code;
}

/** What came of a run, and the exit code for it. */
interface PlayedRun {
  readonly run: RunDocument;
  readonly code: number;
}

/** Whether the log came out the same, or why nobody can tell. */
function comparedLogs(path: string, before: RunDocument, run: RunDocument): string {
  if (before.logDigest === null) {
    return `no log in ${path} to compare with: its run ${whyNoLog(before)}`;
  }
  if (run.logDigest === null) {
    return `no log to compare with that in ${path}: this run ${whyNoLog(run)}`;
  }
  return run.logDigest === before.logDigest
    ? `the same log as in ${path}: ${run.logDigest}`
    : `another log than in ${path}: ${run.logDigest}, not ${before.logDigest}`;
}

function whyNoLog({ interrupted, failure }: RunDocument): string {
  if (interrupted) return 'was interrupted';
  return failure === undefined ? 'did not keep it' : `ended early, ${failureReason(failure)}`;
}

async function runAndShow(
  terminal: Terminal,
  source: ScenarioSource,
  output: RunOutput,
  { interrupt, onRegistry }: Watching,
): Promise<RunDocument> {
  const { clock, openRegistry, startModel, stderr } = terminal;
  const prepared = await prepareScenario(source, output.reading);
  const { churn, scenario, observers } = prepared;
  const { name } = churn;
  const { seed } = scenario;
  const { stream } = output;
  const store =
    output.store === undefined ? stream?.store : await runStore(output.store, { name, seed });
  const told = [stream?.onRegistry(interrupt.signal), onRegistry].filter(
    (one) => one !== undefined,
  );
  if (output.out !== undefined) makeFolder('--out', output.out, runReportNames);
  const lock = output.out === undefined ? undefined : OutputLock.ofFolder(output.out);
  const ignoreInterrupts = terminal.onInterrupt(() => interrupt.abort());
  let playedTo = 0;
  const until = untilOf(scenario) ?? Number.POSITIVE_INFINITY;
  const progress = output.quiet
    ? noProgress
    : showProgress({
        stream: stderr,
        clock,
        fraction: () => Math.max(churn.fractionRead(), playedTo / until),
        observers: observers.map(({ name }) => name),
      });
  try {
    const played = await runScenario(prepared, {
      clock,
      openRegistry: progress.opening(openRegistry),
      onRegistry: told.length === 0 ? undefined : tellEach(told),
      startModel,
      speed: output.speed,
      record: output.record,
      events: output.events,
      store,
      durability: stream?.durability,
      signal: interrupt.signal,
      onProgress: (now) => {
        playedTo = now.at;
        progress.update(now);
      },
    });
    progress.stop();
    const run = stream === undefined ? played : { ...played, stream: stream.facts() };
    try {
      // First, since a reader of what is printed may end the process when it has seen enough.
      if (output.out !== undefined) {
        const files = writeRunFiles(output.out, run);
        if (!output.quiet) sayWritten(terminal, files);
      }
    } finally {
      if (output.json || !output.quiet) print(terminal, run, formatRun, output.json);
      else if (hasFailed(run)) print({ ...terminal, stdout: stderr }, run, failureLine);
    }
    const problems = [run.recordingProblem, run.eventsProblem];
    for (const problem of problems) if (problem !== undefined) complain(terminal, problem);
    return run;
  } finally {
    progress.stop();
    ignoreInterrupts();
    lock?.release();
  }
}

/** Whether the run itself went wrong, or what was expected of it. */
const hasFailed = ({ verdict, thresholds }: RunDocument): boolean =>
  verdict !== 'pass' || thresholds.some(({ passed }) => !passed);

function exitCodeOf(run: RunDocument): number {
  if (run.interrupted) return exitCodes.interrupted;
  const isWhole = run.recordingProblem === undefined && run.eventsProblem === undefined;
  if (run.verdict !== 'pass' || !isWhole) return exitCodes.fail;
  return run.thresholds.every(({ passed }) => passed) ? exitCodes.pass : exitCodes.threshold;
}
