import { ObserverLimitError } from '../errors.js';

/** How many observers there may be, and whether that number is near. */
export class ObserverCap {
  readonly max: number;
  #isNear = false;

  constructor(max: number) {
    this.max = max;
  }

  /** @throws {ObserverLimitError} when there is no room for one more */
  check(count: number): void {
    if (count >= this.max) throw new ObserverLimitError(count, this.max);
  }

  /**
   * Whether the warning has to be given, or taken back: once when the number of observers comes to
   * 80 % of the cap, and once when it falls below.
   */
  crossed(count: number): 'near' | 'clear' | undefined {
    const isNear = count >= this.max * warningShare;
    if (isNear === this.#isNear) return undefined;
    this.#isNear = isNear;
    return isNear ? 'near' : 'clear';
  }
}

/** The share of the cap from which on it is worth a warning. */
const warningShare = 0.8;
