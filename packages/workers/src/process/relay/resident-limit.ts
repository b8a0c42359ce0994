/** How much memory a process may have in use, all of it. */
export class ResidentLimit {
  readonly #givenMb: number | undefined;
  #hasWarned = false;

  /** @param givenMb - by default what its observers may use, and some more */
  constructor(givenMb: number | undefined) {
    this.#givenMb = givenMb;
  }

  /**
   * Compares what is in use with the limit.
   *
   * @param observersMb - how much each of its observers may use
   * @returns what is to be said, once before it is over the limit
   */
  check(residentBytes: number, observersMb: readonly number[]): MemoryFinding | undefined {
    const limitMb = this.#givenMb ?? observersMb.reduce((sum, mb) => sum + mb, roomMb);
    const usedMb = Math.round(residentBytes / MB);
    const isOver = usedMb > limitMb;
    if (!isOver && (this.#hasWarned || usedMb <= limitMb * warnAt)) return undefined;
    this.#hasWarned = true;
    const message = `its process has ${usedMb} MB in use, of ${limitMb} at most (residentLimitMb)`;
    return { isOver, message };
  }
}

/** That a process has much in use, or too much. */
interface MemoryFinding {
  readonly isOver: boolean;
  readonly message: string;
}

const MB = 1024 * 1024;
/** What a process may have in use beside what its observers may. */
const roomMb = 256;
const warnAt = 0.8;
