import { ConfigError, describe } from '@panoptes/core';
import type { Terminal } from '@panoptes/sim';
import type { Command } from 'commander';
import { type SuiteName, suiteNames } from '../bench-document.js';

/** Says what `panoptes bench` takes and does: it measures Panoptes and what people would otherwise use. */
export function defineBench(
  command: Command,
  terminal: Terminal,
  exit: (code: number) => void,
): void {
  command
    .description(
      'Measures Panoptes and other ways to tell observers of changes, in one process and taking ' +
        'turns. Every observer’s count and checksum is checked; a mismatch fails the run.',
    )
    .option('--suite <list>', `which to run: ${suiteNames.join(', ')} (default: all)`, parseSuites)
    .option(
      '--observers <list>',
      'numbers of observers to compare (default: 1,10,50; critical ones: 1,3,10,50)',
      parseObservers,
    )
    .option('--runs <n>', 'counted runs of each system (default: 5, quick: 2)', parseRuns)
    .option('--seed <text>', 'what identities and orders follow from', parseSeed, '1')
    .option('--baseline <file>', 'compare with an earlier run’s JSON from the same kind of machine')
    .option('--svg <dir>', 'write charts of the fanout and scale suites there')
    .option('--store-dir <dir>', 'where stores are measured (default: the temporary folder)')
    .option('--store-peers <list>', 'peers of stores that are opened', parseStorePeers)
    .option('--quick', 'a few changes only, to see that it works', false)
    .option('--json', 'print one JSON document', false)
    .action(async (flags: BenchFlags) => {
      // The systems to compare with take their time to load, which a question for help has no need of.
      const { bench } = await import('./run-bench.js');
      exit(await bench(terminal, flags));
    });
}

/** The flags of `panoptes bench`. */
export interface BenchFlags {
  readonly suite?: readonly SuiteName[];
  readonly observers?: readonly number[];
  readonly runs?: number;
  readonly seed: string;
  readonly baseline?: string;
  readonly svg?: string;
  readonly storeDir?: string;
  readonly storePeers?: readonly number[];
  readonly quick: boolean;
  readonly json: boolean;
}

/** More threads than this measure nothing but the machine's scheduler. */
const mostObservers = 200;
const mostRuns = 100;
const mostStorePeers = 10_000_000;

function parseSuites(text: string): SuiteName[] {
  return text.split(',').map((item) => {
    const suite = suiteNames.find((name) => name === item.trim());
    if (suite !== undefined) return suite;
    throw new ConfigError(
      `--suite: expected names from ${suiteNames.join(', ')} with commas between them, ` +
        `got ${describe(item)}`,
    );
  });
}

const parseObservers = (text: string): number[] => wholeNumbers(text, '--observers', mostObservers);
const parseStorePeers = (text: string): number[] =>
  wholeNumbers(text, '--store-peers', mostStorePeers);

const parseRuns = (text: string): number => wholeNumber(text, '--runs', mostRuns);

const wholeNumbers = (text: string, flag: string, most: number): number[] =>
  text.split(',').map((item) => wholeNumber(item.trim(), flag, most));

function wholeNumber(text: string, flag: string, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 1 && number <= most) return number;
  throw new ConfigError(
    `${flag}: expected a whole number from 1 to ${most}, got ${describe(text)}`,
  );
}

function parseSeed(text: string): string {
  if (text !== '' && text.length <= 100) return text;
  throw new ConfigError(`--seed: expected 1 to 100 characters, got ${describe(text)}`);
}
