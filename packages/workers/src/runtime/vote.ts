/** What an observer says to a proposal; made by `accept` and `veto`. */
export interface Vote {
  readonly accepted: boolean;
  /** Why not. */
  readonly reason: string | undefined;
  readonly details: unknown;
}

const accepted: Vote = Object.freeze({ accepted: true, reason: undefined, details: undefined });

/** Says yes: as far as this observer is concerned the transaction may be committed. */
export const accept = (): Vote => accepted;

/**
 * Says no: the transaction is not committed, and its caller gets an `ObserverVetoError`.
 *
 * @param reason - for the caller; 256 characters travel
 * @param details - for the caller's code; what JSON makes of them, 1,272 bytes at most, travels
 */
export const veto = (reason: string, details?: unknown): Vote => ({
  accepted: false,
  reason,
  details,
});

/** Whether a handler returned a vote at all. */
export function isVote(value: unknown): value is Vote {
  if (typeof value !== 'object' || value === null) return false;
  const { accepted: said, reason } = value as Partial<Vote>;
  return said === true || (said === false && typeof reason === 'string');
}
