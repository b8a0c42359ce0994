import { ConfigError, parseOptions } from '@panoptes/core';
import { readTextFile, type Machine } from '@panoptes/sim';
import { type BenchDocument, type BenchRow, documentSchema } from './bench-document.js';

/** An earlier run's rows, to compare with. */
export type Baseline = Pick<BenchDocument, 'rows'>;

/**
 * Reads the document of an earlier run.
 *
 * @throws {ConfigError} when there is none in the file, or it comes from another kind of machine
 */
export function readBaseline(file: string, machine: Machine): Baseline {
  const baseline = parseOptions(documentSchema, readJson(file), `--baseline ${file}`);
  refuseOtherMachine(baseline, machine, file);
  return baseline;
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readTextFile(file);
  } catch (cause) {
    throw new ConfigError(`--baseline: ${file} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(
      `--baseline: expected a document that 'panoptes bench --json' printed, but ${file} is no ` +
        `JSON: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function refuseOtherMachine(baseline: Machine, machine: Machine, file: string): void {
  const major = (version: string): string => version.split('.')[0]!;
  const differences = [
    ...(baseline.cpu === machine.cpu ? [] : [`processor ${baseline.cpu}, not ${machine.cpu}`]),
    ...(baseline.cores === machine.cores ? [] : [`${baseline.cores} cores, not ${machine.cores}`]),
    ...(major(baseline.node) === major(machine.node)
      ? []
      : [`Node ${baseline.node}, not ${machine.node}`]),
  ];
  if (differences.length === 0) return;
  throw new ConfigError(
    `--baseline: ${file} was measured on another kind of machine (${differences.join('; ')}); ` +
      'its figures say nothing about this one. Measure a new baseline here',
  );
}

/**
 * How much better a figure has become, as a share: 0.1 is a tenth better, whether that is more or
 * less of it. Undefined when the baseline has no such row.
 */
export function improvementOf(row: BenchRow, { rows }: Baseline): number | undefined {
  const before = rows.find(
    (other) =>
      other.suite === row.suite &&
      other.metric === row.metric &&
      other.system === row.system &&
      other.observers === row.observers &&
      other.peers === row.peers,
  );
  if (before === undefined) return undefined;
  return row.better === 'more' ? row.median / before.median - 1 : before.median / row.median - 1;
}
