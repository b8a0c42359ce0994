import { exitCodes, print, type Terminal, thisMachine, type TrialFlags } from '@panoptes/sim';
import { showBenchProgress } from '../report/bench-progress.js';
import { runMatrix, usualFaults } from '../fault-matrix/fault-matrix.js';
import { formatMatrix } from '../fault-matrix/matrix-text.js';

/** Tries faults and prints the outcomes. Returns the exit code. */
export async function tryFaults(
  terminal: Terminal,
  names: readonly string[],
  { host, rate, json }: TrialFlags,
): Promise<number> {
  const { stderr, clock } = terminal;
  const interrupt = new AbortController();
  const ignoreInterrupts = terminal.onInterrupt(() => interrupt.abort());
  const progress = showBenchProgress(stderr);
  try {
    const document = await runMatrix({
      names: names.length > 0 ? names : usualFaults(),
      host,
      rate,
      machine: thisMachine(),
      clock,
      signal: interrupt.signal,
      onFault: (name) => progress.show(name),
    });
    progress.stop();
    print(terminal, document, formatMatrix, json);
    if (document.interrupted) return exitCodes.interrupted;
    return document.verdict === 'pass' ? exitCodes.pass : exitCodes.fail;
  } finally {
    progress.stop();
    ignoreInterrupts();
  }
}
