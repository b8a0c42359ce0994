/** The observer that follows the log itself: what no scenario can call one of its own. */
export const logName = 'the log';

/** Its digest when events were missed: one of the rest would say nothing. */
export const gapDigest = 'gap';
