import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from '@panoptes/core';

/** What is in use when everything that is garbage has been collected: the least of a few looks. */
export async function settledMemory(): Promise<MemoryUse> {
  const collect = garbageCollector();
  let resident = Number.POSITIVE_INFINITY;
  let heap = Number.POSITIVE_INFINITY;
  for (let look = 0; look < looks; look++) {
    collect();
    await new Promise<void>((resolve) => systemClock.after(pauseMs, resolve));
    const usage = process.memoryUsage();
    resident = Math.min(resident, usage.rss);
    heap = Math.min(heap, usage.heapUsed);
  }
  return { resident, heap };
}

/** Memory in use, in bytes. */
export interface MemoryUse {
  /** Pages of the process that are in memory. */
  readonly resident: number;
  /** Objects on the main thread's heap. */
  readonly heap: number;
}

/** How often memory is looked at; freed pages return to the system in the background. */
const looks = 5;
const pauseMs = 50;

/** V8's own, which it shows only to those who ask at run time or on the command line. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
