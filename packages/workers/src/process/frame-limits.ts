import { maxAnswerBytes } from '../runtime/line-message.js';
import { maxPayloadBytes } from '../runtime/payload.js';
import { CallKind, DataKind, maxPieceBytes } from './frames.js';

/** Longest payload of each kind that comes by the data pipe, in bytes. */
export const dataLimits: ReadonlyMap<number, number> = new Map([
  [DataKind.snapshot, 32],
  [DataKind.entries, maxPieceBytes],
  // One transaction may be half of the largest log.
  [DataKind.run, 2 ** 29 + 4096],
  [DataKind.proposals, 2 ** 29 + 4096],
]);

const headBytes = 64 * 1024;

/** Longest payload of each kind that comes to the process by the control pipe, in bytes. */
export const callLimits: ReadonlyMap<number, number> = new Map([
  [CallKind.start, headBytes + maxPayloadBytes],
  [CallKind.query, headBytes + maxPayloadBytes],
  [CallKind.ask, headBytes],
  [CallKind.outcome, 4 + maxAnswerBytes],
  [CallKind.state, maxPieceBytes],
  [CallKind.written, 8],
  [CallKind.end, 0],
]);
