import { execFileSync } from 'node:child_process';
import { pbkdf2Sync } from 'node:crypto';
import { mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@panoptes/core/observer';
import type { Fault, FaultScene } from '../fault.js';
import { hangCodes } from './hang-codes.js';

/** Calls into native code that cannot be interrupted. */
export const nativeFaults: Readonly<Record<string, Fault>> = {
  'native-block': {
    family: 'blocking',
    about: 'is in a native call that takes 6 s (pbkdf2Sync), during which no thread can be ended',
    place: 'events',
    detectedAs: hangCodes.inNativeCode,
    // Longer than an observer may be silent, unless its registry allows more than by default.
    ms: 6_000,
    strike: deriveFor,
  },
  'native-block-for-ever': {
    family: 'blocking',
    about: 'reads from a pipe that is never written to: its thread can never be ended',
    place: 'events',
    detectedAs: hangCodes.inNativeCode,
    needsProcess: 'a process with such a thread cannot exit by itself; it has to be killed',
    strike: readForEver,
  },
};

/** Enough rounds to take a time that can be measured, and so little that most trials are not held up. */
const trialRounds = 5_000;
const trials = 10;

const derive = (rounds: number): Buffer => pbkdf2Sync('secret', 'salt', rounds, 64, 'sha512');

/** One native call of about `ms` milliseconds of a processor's time, on any machine, however busy. */
function deriveFor({ ms }: FaultScene): void {
  let trialMs = Infinity;
  for (let trial = 0; trial < trials; trial++) {
    const start = systemClock.monotonic();
    derive(trialRounds);
    trialMs = Math.min(trialMs, systemClock.monotonic() - start);
  }
  derive(Math.ceil((trialRounds * ms) / trialMs));
}

/** Reads from a pipe that is never written to. */
function readForEver(): void {
  const folder = mkdtempSync(join(tmpdir(), 'panoptes-fault-'));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  // For both: opened for reading only, it would wait for a writer now, before the folder is removed.
  const end = openSync(pipe, 'r+');
  rmSync(folder, { recursive: true });
  readSync(end, Buffer.alloc(1));
}
