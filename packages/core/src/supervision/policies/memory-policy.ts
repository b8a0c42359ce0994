import { hardLimitMb } from '../../limits.js';
import type { MemoryUse } from '../../log/health-board.js';

/**
 * Whether an observer uses more memory than it may. Heap and buffers count together: what is not in
 * one is easily put into the other.
 */
export const isOverLimit = ({ heapBytes, externalBytes }: MemoryUse, limitMb: number): boolean =>
  heapBytes + externalBytes > limitMb * MB;

/**
 * Whether memory is so near its limit, or grows so fast (a quarter of the limit in a second), that it
 * must be looked at closely.
 *
 * @param sinceMs - between the two looks
 */
export function isGrowing(
  before: MemoryUse,
  now: MemoryUse,
  sinceMs: number,
  limitMb: number,
): boolean {
  const used = now.heapBytes + now.externalBytes;
  const growth = used - before.heapBytes - before.externalBytes;
  return used > (limitMb * MB) / 2 || growth * 4_000 > limitMb * MB * sinceMs;
}

/** Memory that a thread is known to take, in bytes. */
export const footprint = ({ heapBytes, externalBytes }: MemoryUse): number =>
  threadBytes + heapBytes + externalBytes;

/**
 * The fallback where a runtime cannot look into a busy thread: the process has grown by more than a
 * silent thread may use, so the busiest of them is taken to be the cause, of equally busy ones the
 * one that has been silent for longest.
 *
 * Each is judged by what happened while it was silent itself: on a busy machine many are silent for a
 * moment, one after another, and what they take together is no leak of one of them.
 *
 * @param others - how many other threads there are, each of which may have grown a little, unseen
 */
export function tripwire<S extends Suspect>(others: number, suspects: readonly S[]): S | undefined {
  const mostBytes = (limitMb: number): number => {
    const withRoom = limitMb * MB + others * roomBytes;
    return Math.max(limitMb * MB, Math.min(withRoom, mostOfHardLimit * hardLimitMb * MB));
  };
  const [culprit] = suspects
    .filter(({ grownBytes, limitMb }) => grownBytes > mostBytes(limitMb))
    .sort((a, b) => b.utilization - a.utilization || b.silentMs - a.silentMs);
  return culprit;
}

/** A thread whose memory cannot be seen just now: busy, and without a turn of its event loop. */
export interface Suspect {
  /** Share of the last moments in which its event loop was busy. */
  readonly utilization: number;
  /** For how long it has been silent. */
  readonly silentMs: number;
  readonly limitMb: number;
  /**
   * Growth of the process's resident memory since it fell silent, in bytes, less what those that are
   * heard of are known to take: a registry that fills up, or many threads that start, must not be blamed
   * on one that is merely busy.
   */
  readonly grownBytes: number;
}

const MB = 1024 * 1024;

/** What a thread takes beside what its heap holds: its stack, the engine's code and tables. */
const threadBytes = 16 * MB;
/** What a healthy thread may take on top of that: V8 keeps room for what it allocates. */
const roomBytes = 24 * MB;

/** Of V8's own limit no more than this share is waited for: beyond that the process may be lost. */
const mostOfHardLimit = 3 / 4;
