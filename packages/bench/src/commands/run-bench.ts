import { thisMachine, writeFiles, exitCodes, print, type Terminal } from '@panoptes/sim';
import { readBaseline } from '../baseline.js';
import { suiteNames } from '../bench-document.js';
import { planOf } from '../bench-plan.js';
import { runBench } from '../bench-run.js';
import { benchCharts } from '../report/bench-charts.js';
import { showBenchProgress } from '../report/bench-progress.js';
import { formatBench } from '../report/bench-text.js';
import type { BenchFlags } from './bench.js';

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
