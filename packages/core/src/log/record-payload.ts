import { encodedEntries } from '../peers/encoded-entry-check.js';
import { checkPatch } from '../peers/encoded-patch-check.js';
import type { Run } from './event-view.js';
import { RECORD_HEADER_BYTES } from './log-layout.js';
import { noTime, refuseRecord } from './record-frames.js';

/**
 * Checks the payload of a record whose frame is right: its entry, and what the peer was before.
 *
 * @param at - where the record begins, in bytes
 * @throws {RunError} when it is none that a registry writes
 */
export function checkPayload(run: Run, at: number, payloadBytes: number): void {
  const base = at + RECORD_HEADER_BYTES;
  const bytes = run.u32[base >>> 2]!;
  try {
    encodedEntries.check(run, base, bytes, noTime);
    if (bytes < payloadBytes) checkPatch(run, base, base + bytes, payloadBytes - bytes);
  } catch (cause) {
    refuseRecord(at, 'what it says of a peer', { cause });
  }
}
