import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';

/**
 * Sends what nobody has asked for to the registry's side, by the way that leads there: a thread's port,
 * or the control pipe of a process, as an answer to a call that was never made. Elsewhere there is none.
 */
export function sendUnasked(message: object): void {
  if (parentPort !== null) parentPort.postMessage(message);
  else if (isObserversProcess()) writeAll(controlPipe, answerFrame(message));
}

/** Descriptors are numbers: anywhere else this one is somebody's, and means something else. */
export const isObserversProcess = (): boolean =>
  process.argv[1] === fileURLToPath(import.meta.resolve('@panoptes/workers/process'));

/* As docs/PROCESS-PROTOCOL.md has it. */
const controlPipe = 4;
const headerBytes = 12;
const answerKind = 33;
const ownChannel = 0;
const unknownId = 2 ** 32 - 1;

function answerFrame(message: object): Buffer {
  const text = Buffer.from(JSON.stringify({ value: message }));
  const head = Buffer.alloc(headerBytes + 4);
  head.writeUInt32LE(text.length + 4, 0);
  head.writeUInt32LE(ownChannel, 4);
  head.writeUInt16LE(answerKind, 8);
  head.writeUInt32LE(unknownId, headerBytes);
  return Buffer.concat([head, text]);
}

/** Writes all of it, however long the other end takes to read. */
function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EAGAIN') throw error;
    }
  }
}
