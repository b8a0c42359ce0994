/** What the command's exit codes mean. */
export const exitCodes = Object.freeze({
  /** Everything agrees with the model. */
  pass: 0,
  /** Something does not, or the run failed. */
  fail: 1,
  /** Bad usage or bad input. */
  usage: 2,
  /** A threshold of the scenario does not hold; everything else does. */
  threshold: 99,
  /** Stopped by Ctrl-C, as shells report it: 128 + SIGINT. By another signal, that one's. */
  interrupted: 130,
} as const);
