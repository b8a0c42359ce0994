import { PanoptesError } from './errors.js';

/** A connection to a registry was closed, and takes no more commands. */
export class ConnectionClosedError extends PanoptesError {
  readonly code = 'CONNECTION_CLOSED';
}

/** What came through a connection to a registry is not what a caller sends; it takes nothing more. */
export class ConnectionBrokenError extends PanoptesError {
  readonly code = 'CONNECTION_BROKEN';
}
