/** Counts how the log is held back by those who read it; the figures are described in `figures.ts`. */
export class LogCounters {
  waits = 0;
  waitedMs = 0;
  passed = 0;
}
