import { randomUUID } from 'node:crypto';
import { type LogRun, encodeRun } from '@panoptes/core/follower';
import type { RunMessage, StreamMessage } from './run-headers.js';
import type { PlacedMessage } from './run-stream.js';

export const id = randomUUID();

/** A run of so many transactions that say nothing. */
export function runOf(firstSeq: number, lastSeq: number, epoch = 1, bytes = 64): Buffer {
  const u8 = Buffer.from(new ArrayBuffer(bytes));
  const u32 = new Uint32Array(u8.buffer);
  // One record, as far as the frame is concerned.
  u32[0] = bytes / 8;
  const transactions = lastSeq - firstSeq + 1;
  const run = { u8, u32, length: bytes, transactions, firstSeq, lastSeq };
  return encodeRun(run as unknown as LogRun, { id, epoch });
}

/** The messages of a run, in so many parts. */
export function messagesOf(
  place: number,
  firstSeq: number,
  lastSeq: number,
  { epoch = 1, parts = 1 } = {},
): PlacedMessage[] {
  const bytes = runOf(firstSeq, lastSeq, epoch);
  const size = Math.ceil(bytes.length / parts);
  return Array.from({ length: parts }, (_, index) => ({
    place: place + index,
    message: { kind: 'run', id, epoch, firstSeq, lastSeq, part: index + 1, parts },
    data: bytes.subarray(index * size, (index + 1) * size),
    at: 1,
  }));
}

export const epochMessage = (place: number, epoch: number, lastSeq: number): PlacedMessage => ({
  place,
  message: { kind: 'epoch', id, epoch, lastSeq, member: 'm', fields: 'f' },
  data: new Uint8Array(0),
  at: 1,
});

/** A message that says something else. */
export const saying = (one: PlacedMessage, other: Partial<RunMessage>): PlacedMessage => ({
  ...one,
  message: { ...one.message, ...other } as StreamMessage,
});
