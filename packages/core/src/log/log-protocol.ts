import { KIND_PADDING, UNIT_BYTES } from './log-layout.js';
import { LogProtocolError } from './log-errors.js';

/**
 * Says why a record cannot be the next of a log.
 *
 * @param expected - the seq that is due
 * @param limits - the most that a record and a transaction take, in units
 */
export function refusedRecord(
  { kind, seq, payloadBytes, transaction }: RecordStart,
  expected: number,
  limits: { readonly record: number; readonly transaction: number },
): LogProtocolError {
  if (seq !== expected) return new LogProtocolError(`expected seq ${expected}, got ${seq}`);
  if (kind === KIND_PADDING) return new LogProtocolError(`kind ${KIND_PADDING} is padding's own`);
  return new LogProtocolError(
    `a payload of ${payloadBytes} bytes, and ${transaction * UNIT_BYTES} bytes in transaction ` +
      `${seq} so far: the log takes ${limits.record * UNIT_BYTES} bytes a record and ` +
      `${limits.transaction * UNIT_BYTES} a transaction, headers included; refuse it earlier`,
  );
}

/** Says that a transaction would overrun a reader that is waited for. */
export const overrun = (seq: number): LogProtocolError =>
  new LogProtocolError(
    `transaction ${seq} would overwrite what a gating reader still needs; ` +
      'ask fits() before each transaction and wait, or stop gating that reader',
  );

/** Says that a transaction has a record to come. */
export const unfinished = (seq: number): LogProtocolError =>
  new LogProtocolError(
    `transaction ${seq} is unfinished: write its last record, without FLAG_MORE, first`,
  );

/** A record that was to be begun. */
interface RecordStart {
  readonly kind: number;
  readonly seq: number;
  readonly payloadBytes: number;
  /** What its transaction takes with it, in units. */
  readonly transaction: number;
}
