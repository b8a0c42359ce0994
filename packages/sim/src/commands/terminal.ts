import { type Clock, systemClock } from '@panoptes/core';
import { OutputLock } from '@panoptes/testkit';
import type { Logger } from 'pino';
import { openRegistry } from '../driver/open-registry.js';
import type { OpenRegistry } from '../driver/registry-port.js';
import type { StartModel } from '../driver/run-model.js';
import { type EndingSignal, EndingSignals, endingSignals } from './ending-signals.js';

/** What a command has of the world around it. */
export interface Terminal {
  /** Opens the input, which is not asked for twice; no keys unless given. */
  readonly openInput?: () => NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly openRegistry: OpenRegistry;
  /** Where what a command opens says how observers fare; nowhere unless given. */
  readonly logger?: () => Logger | false;
  /** Unless given, models have a thread of their own. */
  readonly startModel?: StartModel;
  /** What the command was asked to end by. */
  readonly endedBy?: EndingSignal | undefined;
  /**
   * Calls `stop` at the first signal that asks to end, as Ctrl-C does; the next one ends the process.
   * Without `stop`, the first one does.
   */
  onInterrupt(stop?: (signal: EndingSignal) => void): () => void;
  /** Kills the process, once what was written has left it: so many threads are left that nothing ends. */
  kill(threadsLeft: number): Promise<void>;
}

/** The first process of a container gets no signal that it does not listen for, not even its own. */
const isInit = process.pid === 1;

const signals = new EndingSignals(systemClock, (signal) => {
  OutputLock.releaseAll();
  // A progress bar has hidden the cursor.
  if (process.stderr.isTTY) process.stderr.write('\u001b[?25h');
  if (isInit) process.exit(endingSignals[signal]);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});

/** The process's own. */
export const processTerminal: Terminal = {
  openInput: () => process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  clock: systemClock,
  openRegistry,
  get endedBy() {
    return signals.received;
  },
  onInterrupt: (stop) => signals.on(stop),
  async kill(threadsLeft) {
    process.stderr.write(
      `panoptes: ${threadsLeft} thread${threadsLeft === 1 ? ' does' : 's do'} not end; ` +
        'the process kills itself\n',
    );
    for (const stream of [process.stdout, process.stderr]) {
      await new Promise<void>((written) => stream.write('', () => written()));
    }
    OutputLock.releaseAll();
    if (isInit) process.abort();
    process.kill(process.pid, 'SIGKILL');
  },
};
