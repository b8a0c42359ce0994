import type { Writable } from 'node:stream';

/**
 * Writes a frame to a pipe, at once.
 *
 * @returns a promise when the pipe is full: it resolves when that frame has left, or the pipe was closed
 */
export function writeFrame(
  pipe: Writable,
  frame: readonly Uint8Array[],
): Promise<void> | undefined {
  const pieces = frame.filter(({ length }) => length > 0);
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  const isFull = pipe.writableLength + bytes >= pipe.writableHighWaterMark;
  const last = pieces.pop()!;
  pipe.cork();
  for (const piece of pieces) pipe.write(piece);
  // No listener: many frames may wait for the same pipe.
  const left = isFull
    ? new Promise<void>((resolve) => pipe.write(last, () => resolve()))
    : void pipe.write(last);
  pipe.uncork();
  return left;
}
