import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { StoreError, systemClock } from '@panoptes/core/follower';
import type { Cancel } from '@panoptes/core/observer';

/**
 * That a process writes into a store: a file with its owner in it. One whose owner has died is taken.
 *
 * Two that take the lock of a dead one in the same moment may both come to have it. That is why a writer
 * also looks for its epoch in each transaction: the later one's is the larger, and the other stops.
 */
export class WriterLock {
  readonly #file: string;
  readonly #text: string;
  #cancelBeat: Cancel | undefined;

  private constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
    this.#beat();
  }

  /**
   * Takes a place for one writer.
   *
   * @param file - the lock's
   * @param place - what is locked, for the message
   * @throws {StoreError} `STORE_LOCKED` when another has it that still runs
   * @throws what the system says when the file cannot be written
   */
  static take(file: string, place: string): WriterLock {
    const { pid } = process;
    const owner: WriterOwner = {
      pid,
      host: hostname(),
      started: startOf(pid),
      since: new Date(systemClock.now()).toISOString(),
    };
    const text = `${JSON.stringify(owner)}\n`;
    // Again when the one that was in the way has gone; who takes it meanwhile has it.
    for (let attempt = 0; attempt < attempts; attempt++) {
      try {
        writeFileSync(file, text, { flag: 'wx' });
        return new WriterLock(file, text);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      }
      const found = textOf(file);
      if (found === undefined) continue;
      const other = ownerIn(found);
      if (other === undefined ? ageOf(file) < unfinishedMs : isAlive(file, other)) {
        throw lockedError(place, file, other);
      }
      removeStale(file, found);
    }
    throw lockedError(place, file, undefined);
  }

  /** Gives it back. May be called again. */
  release(): void {
    if (this.#cancelBeat === undefined) return;
    this.#cancelBeat();
    this.#cancelBeat = undefined;
    if (textOf(this.#file) === this.#text) rmSync(this.#file, { force: true });
  }

  #beat(): void {
    const beat = (): void => {
      try {
        const now = systemClock.now() / 1_000;
        utimesSync(this.#file, now, now);
      } catch {
        // It was removed.
      }
      this.#beat();
    };
    this.#cancelBeat = systemClock.after(beatMs, beat, { background: true });
  }
}

/** Who writes, as it stands in a lock. */
export interface WriterOwner {
  readonly pid: number;
  readonly host: string;
  /** When the process was started, as its system counts; null where that is not known. */
  readonly started: string | null;
  /** When it took the lock, in ISO 8601. */
  readonly since: string;
}

/** The writer that has a store now; undefined when none has. */
export function ownerOf(file: string): WriterOwner | undefined {
  const text = textOf(file);
  const owner = text === undefined ? undefined : ownerIn(text);
  return owner !== undefined && isAlive(file, owner) ? owner : undefined;
}

function lockedError(place: string, file: string, owner: WriterOwner | undefined): StoreError {
  const here = owner === undefined || owner.host === hostname();
  const who =
    owner === undefined
      ? 'another process'
      : `process ${owner.pid}${here ? '' : ` on ${owner.host}`}, since ${owner.since}`;
  return new StoreError(
    'STORE_LOCKED',
    `store ${place}: expected to be its only writer, but ${who} has it; close that registry, or ` +
      `give this one another path (if that process does not run any more, remove ${file})`,
  );
}

const attempts = 3;
/** A lock without an owner in it is being written, unless it is older than this. */
const unfinishedMs = 5_000;
/** Owners show that they are running, for other machines, which cannot look at their processes. */
const beatMs = 10_000;
const foreignMs = 6 * beatMs;

/** Undefined when there is none. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Undefined when its maker has not got further, or something else was written there. */
function ownerIn(text: string): WriterOwner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<WriterOwner> | null;
    const { pid, host, started, since } = owner ?? {};
    const isOwner =
      Number.isSafeInteger(pid) &&
      pid! > 0 &&
      typeof host === 'string' &&
      typeof since === 'string' &&
      (started === null || typeof started === 'string');
    return isOwner ? { pid: pid!, host, started, since } : undefined;
  } catch {
    return undefined;
  }
}

/** Takes a lock away, unless another has taken it away and made its own meanwhile. */
function removeStale(file: string, text: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (textOf(aside) === text) rmSync(aside, { force: true });
    else renameSync(aside, file);
  } catch {
    // The other one was faster.
  }
}

function isAlive(file: string, { pid, host, started }: WriterOwner): boolean {
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

function ageOf(file: string): number {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return systemClock.now() - Number(stats?.mtimeMs ?? 0);
}

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
