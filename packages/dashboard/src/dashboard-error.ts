import { PanoptesError } from '@panoptes/core';

/** What the dashboard could not do, or would not; `code` says which. A request gets `status` with it. */
export class DashboardError extends PanoptesError {
  readonly status: DashboardStatus;

  constructor(
    readonly code: DashboardErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = statuses[code];
  }
}

/** What can be wrong, and what HTTP calls it. */
const statuses = {
  /** It cannot listen there: the port is taken, or the address is not this machine's. */
  DASHBOARD_CANNOT_LISTEN: 500,
  /** The request has no token, or another one. */
  DASHBOARD_UNAUTHORIZED: 401,
  /** The request names a host that this server is not, as it does when a name was bound anew. */
  DASHBOARD_FOREIGN_HOST: 421,
  /** The request comes from a page of another origin. */
  DASHBOARD_FOREIGN_ORIGIN: 403,
  /** The dashboard is read-only. */
  DASHBOARD_READ_ONLY: 403,
  /** There is nothing of that name. */
  DASHBOARD_NOT_FOUND: 404,
  /** The body of the request is not what was asked for. */
  DASHBOARD_BODY_INVALID: 400,
  /** The observer is one that the program needs as it is. */
  DASHBOARD_PROTECTED: 403,
  /** The body of the request is larger than any that is of use. */
  DASHBOARD_TOO_LARGE: 413,
  /** The registry is not open yet. */
  DASHBOARD_NOT_OPEN: 503,
  /** As many watch already as may, or ask. */
  DASHBOARD_BUSY: 503,
  /** A bug; what it was is no business of who asked. */
  DASHBOARD_FAILED: 500,
} as const;

/** The codes of a `DashboardError`. */
export type DashboardErrorCode = keyof typeof statuses;
/** The statuses that it has. */
export type DashboardStatus = (typeof statuses)[DashboardErrorCode];
