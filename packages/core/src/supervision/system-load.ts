import { cpus } from 'node:os';

/** What can be seen of this process as a whole, and of the machine that it runs on. */
export interface SystemLoad {
  /** Resident memory of the process that its main thread does not use itself, in bytes. */
  residentBytes(): number;
  processorTimes(): ProcessorTimes;
}

/** That of this process and machine. */
export const systemLoad: SystemLoad = Object.freeze<SystemLoad>({
  residentBytes() {
    const { rss, heapTotal, external } = process.memoryUsage();
    return rss - heapTotal - external;
  },
  processorTimes() {
    const { user, system } = process.cpuUsage();
    const idleMs = cpus().reduce((sum, { times }) => sum + times.idle, 0);
    return { usedMs: (user + system) / 1000, idleMs };
  },
});

/** What the machine's processors have done since some start, in milliseconds of one of them. */
export interface ProcessorTimes {
  /** At work for this process, all its threads together. */
  readonly usedMs: number;
  /** At rest. */
  readonly idleMs: number;
}
