import { readBaseline } from '../bench/baseline.js';
import { suiteNames } from '../bench/bench-document.js';
import { planOf } from '../bench/bench-plan.js';
import { runBench } from '../bench/bench-run.js';
import { thisMachine } from '../bench/machine.js';
import { benchCharts } from '../bench/report/bench-charts.js';
import { showBenchProgress } from '../bench/report/bench-progress.js';
import { formatBench } from '../bench/report/bench-text.js';
import { writeFiles } from '../report/run-files.js';
import type { BenchFlags } from './bench.js';
import { exitCodes } from './exit-codes.js';
import { print } from './print.js';
import type { Terminal } from './terminal.js';

/** Runs `panoptes bench` and prints what was measured. Returns the exit code. */
export async function bench(terminal: Terminal, flags: BenchFlags): Promise<number> {
  const { stderr, clock } = terminal;
  const machine = thisMachine();
  const baseline = flags.baseline === undefined ? undefined : readBaseline(flags.baseline, machine);
  const interrupt = new AbortController();
  const ignoreInterrupts = terminal.onInterrupt(() => interrupt.abort());
  const progress = showBenchProgress(stderr);
  try {
    const document = await runBench({
      suites: flags.suite ?? suiteNames,
      plan: planOf(flags),
      machine,
      startedAt: clock.now(),
      signal: interrupt.signal,
      onRun: (what) => progress.show(what),
    });
    progress.stop();
    print(
      terminal,
      document,
      (printed, screen) => formatBench(printed, baseline, screen),
      flags.json,
    );
    if (flags.svg !== undefined) writeFiles('--svg', flags.svg, benchCharts(document));
    return exitCodes.pass;
  } catch (error) {
    if (interrupt.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    progress.stop();
    ignoreInterrupts();
  }
}
