import {
  closeSync,
  fstatSync,
  ftruncateSync,
  futimesSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import { StoreError, systemClock } from '@panoptes/core/follower';
import type { Cancel } from '@panoptes/core/observer';
import { regularFile } from './regular-file.js';

/**
 * That a process writes into a store: a file with its owner in it. One whose owner has died is taken.
 *
 * Two that take the lock of a dead one in the same moment may both come to have it. That is why a writer
 * also looks for its epoch in each transaction: the later one's is the larger, and the other stops.
 */
export class WriterLock {
  readonly #file: string;
  /** Open, so that it is found where its folder was moved to. */
  readonly #opened: number;
  #cancelBeat: Cancel | undefined;

  private constructor(file: string, opened: number) {
    this.#file = file;
    this.#opened = opened;
    this.#beat();
  }

  /**
   * Takes a place for one writer.
   *
   * @param file - the lock's
   * @param place - what is locked, for the message
   * @throws {StoreError} `STORE_LOCKED` when another has it that still runs, `STORE_UNAVAILABLE` when
   * something else is there
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
      const opened = made(file, text);
      if (opened !== undefined) return new WriterLock(file, opened);
      const found = textOf(file);
      if (found === undefined) continue;
      const other = ownerIn(found);
      if (other === undefined && !isUnfinished(found)) throw noLock(place, file);
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
    try {
      const { dev, ino } = fstatSync(this.#opened, { bigint: true });
      const found = statSync(this.#file, { bigint: true, throwIfNoEntry: false });
      if (found?.ino === ino && found.dev === dev) rmSync(this.#file, { force: true });
      // Wherever it is now, nobody has it.
      ftruncateSync(this.#opened);
      futimesSync(this.#opened, 0, 0);
    } catch {
      // Its disk is gone.
    } finally {
      closeSync(this.#opened);
    }
  }

  #beat(): void {
    const beat = (): void => {
      try {
        const now = systemClock.now() / 1_000;
        futimesSync(this.#opened, now, now);
      } catch {
        // Its disk is gone.
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

/** Makes a lock, and leaves it open; undefined when there is something already. */
function made(file: string, text: string): number | undefined {
  let opened: number;
  try {
    opened = openSync(file, 'wx');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    return undefined;
  }
  try {
    writeFileSync(opened, text);
    return opened;
  } catch (cause) {
    closeSync(opened);
    rmSync(file, { force: true });
    throw cause;
  }
}

/**
 * Undefined when there is none.
 *
 * @throws {StoreError} `STORE_UNAVAILABLE` when something else is there
 */
function textOf(file: string): string | undefined {
  const stats = regularFile(file);
  if (stats === undefined) return undefined;
  if (stats.size > largestLock) throw noLock(dirname(file), file);
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** More than any lock has. */
const largestLock = 4_096n;

/** Its maker has not got further, or its machine lost power. */
const isUnfinished = (text: string): boolean =>
  text.replace(/\0+$/, '') === '' || text.startsWith('{"pid":');

const noLock = (place: string, file: string): StoreError =>
  new StoreError(
    'STORE_UNAVAILABLE',
    `store ${place}: expected ${basename(file)} to be the lock of a writer, but that is none of a ` +
      'store; remove it if nobody needs it, or name another folder',
  );

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
