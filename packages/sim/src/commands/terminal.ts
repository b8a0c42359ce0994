import { type Clock, systemClock } from '@panoptes/core';
import { openRegistry } from '../driver/open-registry.js';
import type { OpenRegistry } from '../driver/registry-port.js';

/** What a command has of the world around it. */
export interface Terminal {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly clock: Clock;
  readonly openRegistry: OpenRegistry;
  /** Calls `stop` once at the user's first Ctrl-C; the second one is the system's. */
  onInterrupt(stop: () => void): () => void;
}

/** The process's own. */
export const processTerminal: Terminal = {
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  openRegistry,
  onInterrupt(stop) {
    process.once('SIGINT', stop);
    return () => process.removeListener('SIGINT', stop);
  },
};
