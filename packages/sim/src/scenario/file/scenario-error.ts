import { PanoptesError } from '@panoptes/core';

/** A scenario cannot be run as it is. The message has a line for each problem, with its place. */
export class ScenarioError extends PanoptesError {
  readonly code = 'SCENARIO_INVALID';
  /** The message’s lines: one for each problem that is printed. */
  readonly lines: readonly string[];

  /**
   * @param file - what was read
   * @param problems - at least one, in the order of the file
   */
  constructor(
    readonly file: string,
    readonly problems: readonly ScenarioProblem[],
    options?: ErrorOptions,
  ) {
    const lines = problems.slice(0, mostPrinted).map((problem) => printed(file, problem));
    const more = problems.length - lines.length;
    const all = [...lines, ...(more > 0 ? [`… and ${more} more`] : [])];
    super(all.join('\n'), options);
    this.lines = all;
  }
}

/** One thing that is wrong with a scenario. */
export interface ScenarioProblem {
  /** From 1; undefined when it did not come from the file. */
  readonly line?: number | undefined;
  /** From 1. */
  readonly column?: number | undefined;
  /** The key's path, as in `phases.2.duration`; empty for the file as a whole. */
  readonly key: string;
  /** What was expected, what came, and how to mend it. */
  readonly message: string;
}

/** Problems printed at most: more would hide the first. */
const mostPrinted = 20;

function printed(file: string, { line, column, key, message }: ScenarioProblem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return `${place}: ${key === '' ? '' : `${key}: `}${message}`;
}
