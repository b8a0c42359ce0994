import { readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Cancel, ConfigError, systemClock } from '@panoptes/core';
import { z } from 'zod';
import { statsAt } from './path-stats.js';

/**
 * That a command is writing something, for other commands that would write it, too: a file with its
 * owner in it. One whose owner has died may be taken.
 */
export class OutputLock {
  static readonly #held = new Set<OutputLock>();
  #cancelBeat: Cancel | undefined;

  private constructor(
    private readonly file: string,
    private readonly text: string,
  ) {
    OutputLock.#held.add(this);
    this.#beat();
  }

  /** Releases all that this process holds, before it ends at once. */
  static releaseAll(): void {
    for (const lock of this.#held) lock.release();
  }

  /**
   * Takes the folder of `--out`.
   *
   * @throws {ConfigError} when another command that still runs has it, or the folder is not writable
   */
  static ofFolder(directory: string): OutputLock {
    return OutputLock.#take(`--out: ${directory}`, join(directory, '.panoptes.lock'));
  }

  /**
   * Takes a file that is written all the time, as a recording.
   *
   * @param what - what it is, for the message
   * @throws {ConfigError} when another command that still runs has it, or its folder is not writable
   */
  static ofFile(file: string, what = 'the recording'): OutputLock {
    return OutputLock.#take(`${what} ${file}`, `${file}.lock`);
  }

  static #take(what: string, file: string): OutputLock {
    const { pid } = process;
    const owner: Owner = { pid, host: hostname(), started: startOf(pid) };
    const text = `${JSON.stringify(owner)}\n`;
    // Again when the one that was in the way has gone; who takes it meanwhile has it.
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        writeFileSync(file, text, { flag: 'wx' });
        return new OutputLock(file, text);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
          throw new ConfigError(
            `${what} cannot be written into: ${(cause as Error).message}; name another place`,
            {
              cause,
            },
          );
        }
      }
      const found = readLock(file);
      if (found === undefined) continue;
      const other = ownerIn(found);
      if (other === undefined ? ageOf(file) < unfinishedMs : isAlive(file, other)) {
        const here = other === undefined || other.host === hostname();
        const who =
          other === undefined ? '' : ` (process ${other.pid}${here ? '' : ` on ${other.host}`})`;
        throw new ConfigError(
          `${what} is being written by another command${who}; wait until it ends, or name another ` +
            `place (if it does not run any more, remove ${file})`,
        );
      }
      removeStale(file, found);
    }
    throw new ConfigError(`${what} is being written by other commands; name another place`);
  }

  /** Gives it back. May be called again. */
  release(): void {
    if (this.#cancelBeat === undefined) return;
    this.#cancelBeat();
    this.#cancelBeat = undefined;
    OutputLock.#held.delete(this);
    if (readLock(this.file) === this.text) rmSync(this.file, { force: true });
  }

  #beat(): void {
    const beat = (): void => {
      try {
        const now = systemClock.now() / 1_000;
        utimesSync(this.file, now, now);
      } catch {
        // It was removed.
      }
      this.#beat();
    };
    this.#cancelBeat = systemClock.after(beatMs, beat, { background: true });
  }
}

/** Who writes, as it stands in a lock. */
const ownerShape = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** When the process was started, as its system counts; null where that is not known. */
  started: z.string().nullable(),
});
type Owner = z.output<typeof ownerShape>;

/** A lock without an owner in it is being written, unless it is older than this. */
const unfinishedMs = 5_000;
/** Owners show that they are running, for other machines, which cannot look at their processes. */
const beatMs = 10_000;
const foreignMs = 6 * beatMs;

/** Undefined when there is none any more. */
function readLock(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Undefined when its maker has not got further, or something else was written there. */
function ownerIn(text: string): Owner | undefined {
  try {
    return ownerShape.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Takes a lock away, unless another command has taken it away and made its own meanwhile. */
function removeStale(file: string, text: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (readLock(aside) === text) rmSync(aside, { force: true });
    else renameSync(aside, file);
  } catch {
    // The other one was faster.
  }
}

function isAlive(file: string, { pid, host, started }: Owner): boolean {
  if (host !== hostname()) return ageOf(file) < foreignMs;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // A process of another user may not be signalled, and is alive all the same.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return started === null || now === null || started === now;
}

const ageOf = (file: string): number => systemClock.now() - Number(statsAt(file)?.mtimeMs ?? 0);

/** When a process was started: numbers of processes are given again, this and its number are not. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Its name, in brackets, may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
