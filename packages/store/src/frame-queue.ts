import { systemClock } from '@panoptes/core/follower';
import type { SpaceWrite } from './space-tree.js';

/**
 * Frames of observers that are still to be written: one of each at a time, and its last. They are written
 * with the peers of their cursors, or after them, never before.
 */
export class FrameQueue {
  #frames: WaitingFrame[] = [];
  #isUrgent = false;
  /** When the first of them came. */
  #since = 0;
  #arrive: () => void = () => undefined;
  #arrived!: Promise<void>;

  constructor() {
    this.#arm();
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0;
  }

  /** Whether somebody waits for them, so that nothing more is to be gathered. */
  get isUrgent(): boolean {
    return this.#isUrgent && !this.isEmpty;
  }

  get since(): number {
    return this.#since;
  }

  /** Resolves when the next one comes, or they become urgent. */
  get arrived(): Promise<void> {
    return this.#arrived;
  }

  add(frame: WaitingFrame): void {
    if (this.isEmpty) this.#since = systemClock.monotonic();
    this.#frames.push(frame);
    this.#tell();
  }

  /** Has them written at once. */
  hurry(): void {
    this.#isUrgent = true;
    this.#tell();
  }

  /** Those as of a transaction up to `seq`; who takes them has them written. */
  take(seq: number): WaitingFrame[] {
    if (this.isEmpty) return this.#frames;
    const ready = this.#frames.filter(({ cursor }) => cursor <= seq);
    this.#frames = this.#frames.filter(({ cursor }) => cursor > seq);
    if (this.isEmpty) this.#isUrgent = false;
    return ready;
  }

  /** Refuses those that are as of a transaction after `seq`, the last that there is. */
  refuseAfter(seq: number): void {
    const refused = this.#frames.filter(({ cursor }) => cursor > seq);
    if (refused.length === 0) return;
    this.#frames = this.#frames.filter(({ cursor }) => cursor <= seq);
    for (const { cursor, refused: refuse } of refused) {
      refuse(new Error(`a frame with the cursor ${cursor}, where ${seq} is the last transaction`));
    }
  }

  /** Forgets those of an observer. */
  drop(name: string): void {
    this.#frames = this.#frames.filter((frame) => frame.name !== name);
  }

  #tell(): void {
    this.#arrive();
    this.#arm();
  }

  #arm(): void {
    this.#arrived = new Promise((resolve) => (this.#arrive = resolve));
  }
}

/** A frame that waits for its transaction. */
export interface WaitingFrame extends SpaceWrite {
  /** Called when it is on disk. */
  readonly written: () => void;
  /** Called when it is not one that there can be, with why. */
  readonly refused: (error: Error) => void;
}
