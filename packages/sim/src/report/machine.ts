import { availableParallelism, cpus, loadavg } from 'node:os';

/** What a benchmark ran on. Figures of different machines are not comparable. */
export interface Machine {
  /** Node's version. */
  readonly node: string;
  /** Cores that the process may use. */
  readonly cores: number;
  /** The processor's model. */
  readonly cpu: string;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return {
    node: process.version,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
  };
}

/** Load of others beyond this share of the cores spoils figures. */
const busyShare = 0.5;

/**
 * What makes figures of this machine doubtful at this moment.
 *
 * @param load - programs that wanted to run in the last minute, on average
 */
export function warningsOf({ cores }: Machine, load = loadavg()[0]!): string[] {
  const warnings: string[] = [];
  if (cores < 2) {
    warnings.push(
      `${cores} core: the registry and its observers take turns on it; figures from 2 cores up ` +
        'are a different thing',
    );
  }
  if (load > cores * busyShare) {
    warnings.push(
      `the machine is busy (load ${load.toFixed(1)} on ${cores} cores): absolute figures are too ` +
        'low, ratios within this run still hold',
    );
  }
  return warnings;
}
