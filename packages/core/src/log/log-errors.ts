import { PanoptesError } from '../errors.js';

/**
 * The log was used against its rules: a seq out of order, a half transaction published, a gating
 * reader about to be overrun. A bug in the caller, never a condition to wait out.
 */
export class LogProtocolError extends PanoptesError {
  readonly code = 'LOG_PROTOCOL';
}

/** Bytes that passed the reader's second look make no sense. A bug, or memory written from outside. */
export class LogCorruptError extends PanoptesError {
  readonly code = 'LOG_CORRUPT';
}
