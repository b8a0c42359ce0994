import { type MemoryUse, systemClock } from '@panoptes/core/observer';
import type { ProcessUse } from './process-figures.js';

/**
 * The memory of a process that is too busy to say how much it uses: what it said last, and by how much it
 * has grown since.
 */
export class UnheardMemory {
  readonly #look: () => Promise<ProcessUse | undefined>;
  #heard: MemoryUse = { heapBytes: 0, externalBytes: 0 };
  /** Whether it has said so since it was last looked at. */
  #isFresh = false;
  #isClosed = false;
  /** What it had in use when it was looked at after it had said so. */
  #residentThen = Number.POSITIVE_INFINITY;
  #processorMs = 0;

  /** @param look - looks at the process from outside */
  constructor(look: () => Promise<ProcessUse | undefined>) {
    this.#look = look;
  }

  /** The process says what it uses. */
  hear(memory: MemoryUse): void {
    this.#heard = memory;
    this.#isFresh = true;
  }

  /** It was looked at from outside. Returns whether it has shown any life since the last look. */
  noteUse({ residentBytes, processorMs }: ProcessUse): boolean {
    const isAlive = this.#isFresh || processorMs > this.#processorMs;
    if (this.#isFresh) this.#residentThen = residentBytes;
    this.#isFresh = false;
    this.#processorMs = processorMs;
    return isAlive;
  }

  /**
   * How much it uses, as far as that can be told. Pending as long as it neither says anything nor uses
   * the processor: then it is stuck.
   */
  async measure(): Promise<MemoryUse> {
    for (;;) {
      const use = await this.#look();
      if (use === undefined || this.#isClosed) return this.#heard;
      if (this.noteUse(use)) {
        const grown = Math.max(0, use.residentBytes - this.#residentThen - roomBytes);
        return {
          heapBytes: this.#heard.heapBytes + grown,
          externalBytes: this.#heard.externalBytes,
        };
      }
      await new Promise<void>((resolve) => {
        systemClock.after(lookAgainMs, resolve, { background: true });
      });
    }
  }

  close(): void {
    this.#isClosed = true;
  }
}

/** Growth that says nothing: a heap keeps room for what comes. */
const roomBytes = 24 * 1024 * 1024;
const lookAgainMs = 50;
