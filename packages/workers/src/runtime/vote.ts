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

/** Reads what a handler returned, once; undefined when it is no vote. */
export function readVote(value: unknown): Vote | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { accepted: said, reason, details } = value as Partial<Vote>;
  if (said === true) return accepted;
  return said === false && typeof reason === 'string' ? veto(reason, details) : undefined;
}
