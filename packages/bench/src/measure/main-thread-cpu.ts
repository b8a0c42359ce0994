import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import process from 'node:process';

/** The best meter of the main thread's processor time that this system has. */
export function mainThreadCpu(): CpuMeter {
  if (threadCpuUsage !== undefined) {
    return {
      what: 'processor time of the main thread',
      micros: () => {
        const { user, system } = threadCpuUsage.call(process);
        return user + system;
      },
    };
  }
  const onProcessor = (): number =>
    Number(readFileSync(schedulerFile, 'latin1').split(' ')[0]) / 1000;
  try {
    if (onProcessor() > 0) {
      return { what: 'time of the main thread on a processor', micros: onProcessor };
    }
  } catch {
    // No such file: another system, or a kernel without these figures.
  }
  return {
    what: 'time in which the main thread’s event loop was busy, waiting for a processor included',
    micros: () => performance.eventLoopUtilization().active * 1000,
  };
}

/** A way to know how much processor time the main thread has used. */
export interface CpuMeter {
  /** What is measured, for those who read the figures. */
  readonly what: string;
  /** Microseconds used up so far. */
  micros(): number;
}

interface ThreadUsage {
  readonly user: number;
  readonly system: number;
}

/** Newer versions of Node count it themselves; the types are those of the oldest supported one. */
const { threadCpuUsage } = process as { threadCpuUsage?: () => ThreadUsage };

/** Linux: nanoseconds that the thread, here the process's first, was on a processor. */
const schedulerFile = `/proc/self/task/${process.pid}/schedstat`;
