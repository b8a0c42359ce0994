import type { Writable } from 'node:stream';

/**
 * Writes a frame to a pipe, at once.
 *
 * @returns a promise when the pipe is full: it resolves when that is no longer so, or it was closed
 */
export function writeFrame(
  pipe: Writable,
  frame: readonly Uint8Array[],
): Promise<void> | undefined {
  pipe.cork();
  let isRoom = true;
  for (const piece of frame) if (piece.length > 0) isRoom = pipe.write(piece);
  pipe.uncork();
  if (isRoom) return undefined;
  return new Promise((resolve) => {
    const done = (): void => {
      pipe.off('drain', done);
      pipe.off('close', done);
      resolve();
    };
    pipe.on('drain', done);
    pipe.on('close', done);
  });
}
