/** When generated time starts: an arbitrary fixed day, so that a seed's entries never change. */
export const generatedEpochMs = Date.UTC(2026, 0, 1);
