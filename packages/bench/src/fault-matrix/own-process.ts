import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fileBeside } from '@panoptes/core';
import type { MatrixRow } from './matrix-document.js';

/**
 * Tries a fault of threads in a process of its own, which it may take down. The process is killed as soon as it
 * has told its row: one with a thread that cannot be ended would never exit.
 *
 * @param risk - why it may take the process down
 * @param rate - upserts a second
 */
export function tryInOwnProcess(
  name: string,
  risk: string,
  rate: number,
  signal: AbortSignal,
): Promise<MatrixRow> {
  const child = spawn(process.execPath, [entry, name, String(rate)], {
    // What a dying process says on stderr is its own business.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    signal,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve, reject) => {
    let told: MatrixRow | undefined;
    child.on('message', (row) => {
      told = row as MatrixRow;
      child.kill('SIGKILL');
    });
    // Aborting is an error to `spawn`; here it only means that the process will end.
    child.on('error', (error) => (signal.aborted ? undefined : reject(error)));
    child.on('exit', (code, killedBy) => {
      // A crash shows as a signal, or as a shell's number for one.
      const hasDied = killedBy !== null || code! > 128;
      if (told !== undefined || hasDied) resolve(told ?? rowOfTheDead(name, risk));
      else reject(new Error(`the process that was to try '${name}' failed with code ${code!}`));
    });
  });
}

const entry = fileURLToPath(fileBeside(import.meta.url, './trial-process.js'));

const rowOfTheDead = (name: string, risk: string): MatrixRow => ({
  fault: name,
  detectedAs: 'nothing',
  detectMs: null,
  recoveredMs: null,
  outcome: 'process died',
  othersThroughputShare: null,
  eventsLostByOthers: null,
  longestStallMs: null,
  zombies: null,
  exception: risk,
});
