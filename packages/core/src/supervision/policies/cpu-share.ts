import type { ProcessorTimes } from '../system-load.js';

/**
 * How fast time counts against threads that do not answer. On a machine that is too busy, or
 * with far more busy threads than processors, a healthy thread is silent for seconds because it has
 * no processor to run on. It cannot be seen of one thread, but what there was to share among all of
 * them can: time counts in full while that is a tenth of a processor for each.
 */
export class CpuShare {
  readonly #times: () => ProcessorTimes;
  #sample: { readonly at: number; readonly times: ProcessorTimes } | undefined;
  #cpuShare = 1;

  constructor(times: () => ProcessorTimes) {
    this.#times = times;
  }

  /**
   * The share from 0 to 1, as it was lately. Costs nothing while no thread is silent.
   *
   * @param now - milliseconds
   * @param busyThreads - how many threads want a processor
   */
  at(now: number, isAnybodySilent: boolean, busyThreads: number): number {
    if (!isAnybodySilent) {
      this.#sample = undefined;
      this.#cpuShare = 1;
      return 1;
    }
    const before = this.#sample;
    if (before !== undefined && now - before.at < sampleMs) return this.#cpuShare;
    const times = this.#times();
    this.#sample = { at: now, times };
    if (before !== undefined) {
      const usedMs = times.usedMs - before.times.usedMs;
      const idleMs = times.idleMs - before.times.idleMs;
      this.#cpuShare = shareOf(now - before.at, usedMs, idleMs, busyThreads);
    }
    return this.#cpuShare;
  }
}

/** With less than this share of a processor, a healthy thread may need long for its next turn. */
const fairShare = 1 / 10;
/** Time never counts for less than this: what is blocked must be found, however busy the machine is. */
const leastShare = 1 / 5;
/** If a processor was idle for this share of the time, no thread had to wait for one. */
const idleShare = 1 / 20;
/** The system counts idle time in steps of 10 ms: shorter times would tell nothing. */
const sampleMs = 250;

function shareOf(passedMs: number, usedMs: number, idleMs: number, busyThreads: number): number {
  if (idleMs > passedMs * idleShare) return 1;
  const share = usedMs / passedMs / Math.max(1, busyThreads);
  return Math.min(1, Math.max(leastShare, share / fairShare));
}
