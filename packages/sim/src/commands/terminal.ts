import { type Clock, systemClock } from '@panoptes/core';
import { openRegistry } from '../driver/open-registry.js';
import type { OpenRegistry } from '../driver/registry-port.js';

/** What a command has of the world around it. */
export interface Terminal {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly openRegistry: OpenRegistry;
  /** Calls `stop` once at the user's first Ctrl-C; the second one is the system's. */
  onInterrupt(stop: () => void): () => void;
  /** Kills the process, once what was written has left it: so many threads are left that nothing ends. */
  kill(threadsLeft: number): Promise<void>;
}

/** The process's own. */
export const processTerminal: Terminal = {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  clock: systemClock,
  openRegistry,
  onInterrupt(stop) {
    process.once('SIGINT', stop);
    return () => process.removeListener('SIGINT', stop);
  },
  async kill(threadsLeft) {
    process.stderr.write(
      `panoptes: ${threadsLeft} thread${threadsLeft === 1 ? ' does' : 's do'} not end; ` +
        'the process kills itself\n',
    );
    for (const stream of [process.stdout, process.stderr]) {
      await new Promise<void>((written) => stream.write('', () => written()));
    }
    process.kill(process.pid, 'SIGKILL');
  },
};
