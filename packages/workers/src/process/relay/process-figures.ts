import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { SharedNumbers, type SharedNumbersBuffer } from '@panoptes/core/observer';

/**
 * What is known of a process from outside, also while it is busy or stuck: written on the relay's thread,
 * read on the main thread without asking.
 */
export class ProcessFigures {
  readonly buffer: FiguresBuffer;
  readonly #numbers: SharedNumbers;

  constructor(buffer?: FiguresBuffer) {
    this.#numbers = new SharedNumbers(buffer ?? places);
    this.buffer = this.#numbers.buffer;
  }

  /** Processor time that it has used, in milliseconds. */
  get processorMs(): number {
    return this.#numbers.get(Place.processorMs);
  }

  /** How long it has run, in milliseconds. */
  get ageMs(): number {
    return this.#numbers.get(Place.ageMs);
  }

  show({ processorMs, ageMs }: { readonly processorMs: number; readonly ageMs: number }): void {
    this.#numbers.set(Place.processorMs, processorMs);
    this.#numbers.set(Place.ageMs, ageMs);
  }
}

/** The memory of a process's figures. */
export type FiguresBuffer = SharedNumbersBuffer;

const Place = { processorMs: 0, ageMs: 1 } as const;
const places = 2;

/** What the system says of a process. */
export interface ProcessUse {
  /** Memory that it has in use, all of it, in bytes. */
  readonly residentBytes: number;
  /** Processor time that it has used, in milliseconds. */
  readonly processorMs: number;
}

/** Asks the system what a process uses. Nothing when it cannot tell, as of one that has ended. */
export const processUse = async (pid: number): Promise<ProcessUse | undefined> => {
  try {
    return await (process.platform === 'linux' ? fromProc(pid) : fromPs(pid));
  } catch {
    return undefined;
  }
};

async function fromProc(pid: number): Promise<ProcessUse | undefined> {
  const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'latin1');
  const [stat, status] = await Promise.all([read('stat'), read('status')]);
  // Its second field is the program's name in brackets, which may have any character.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1];
  return useOf(Number(kilobytes) * 1024, ticks * tickMs);
}

async function fromPs(pid: number): Promise<ProcessUse | undefined> {
  const { stdout } = await run('ps', ['-o', 'rss=,time=', '-p', String(pid)]);
  const [kilobytes, time] = stdout.trim().split(/\s+/);
  // [[days-]hours:]minutes:seconds[.hundredths]
  const seconds = time!.split(/[-:]/).reduce((sum, part, at, { length }) => {
    const units = [86_400, 3_600, 60, 1].slice(4 - length);
    return sum + Number(part) * units[at]!;
  }, 0);
  return useOf(Number(kilobytes) * 1024, seconds * 1000);
}

const useOf = (residentBytes: number, processorMs: number): ProcessUse | undefined =>
  Number.isFinite(residentBytes) && Number.isFinite(processorMs)
    ? { residentBytes, processorMs }
    : undefined;

const run = promisify(execFile);
/** As Linux gives the figures of `/proc/…/stat` to programs: USER_HZ is 100 on all platforms of Node's. */
const tickMs = 10;
