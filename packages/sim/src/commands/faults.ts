import { ConfigError, describe } from '@panoptes/core';
import { type IsolatingHost, faultNamed, faults } from '@panoptes/testkit';
import type { Command } from 'commander';
import { formatFaultList, listFaults } from '../report/fault-list.js';
import { loadBench, type TrialFlags } from './bench-package.js';
import { print } from './print.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes faults`: lists the ways to misbehave, or tries them. */
export function addFaults(
  program: Command,
  terminal: Terminal,
  exit: (code: number) => void,
): void {
  program
    .command('faults')
    .summary('list the ways in which an observer can misbehave, or try them')
    .description(
      'Lists the faults that --fault and faultModule() know. With --matrix, tries each in one of ' +
        'ten observers and measures the effect on it and on the other nine.',
    )
    .argument('[names...]', 'faults, or families such as memory (default: all, the usual to try)')
    .option('--matrix', 'try them', false)
    .option(
      '--rate <n>',
      'upserts a second that the registry is given while they are tried',
      parseRate,
      usualRate,
    )
    .option(
      '--host <host>',
      'where the observers run: thread, or process, which contains every fault',
      parseHost,
      'thread',
    )
    .option('--json', 'print one JSON document', false)
    .action(async (given: string[], flags: FaultsFlags) => {
      const names = given.flatMap(faultsNamed);
      if (!flags.matrix) return list(terminal, names, flags);
      const { tryFaults } = await loadBench('panoptes faults --matrix');
      exit(await tryFaults(terminal, names, flags));
    });
}

/** The flags of `panoptes faults`. */
interface FaultsFlags extends TrialFlags {
  readonly matrix: boolean;
}

/** Half of what ten observers get on two cores, so that there is something left to take away. */
const usualRate = 20_000;
const mostRate = 1_000_000;

/** The faults of a family, or the one of a name. */
function faultsNamed(name: string): string[] {
  const family = Object.keys(faults).filter((fault) => faults[fault]!.family === name);
  if (family.length > 0) return family;
  faultNamed(name, 'names');
  return [name];
}

function list(terminal: Terminal, names: readonly string[], { host, json }: FaultsFlags): void {
  const listed = listFaults(names.length > 0 ? names : Object.keys(faults), host);
  print(terminal, listed, formatFaultList, json);
}

function parseHost(text: string): IsolatingHost {
  if (text === 'thread' || text === 'process') return text;
  throw new ConfigError(`--host: expected 'thread' or 'process', got ${describe(text)}`);
}

function parseRate(text: string): number {
  const rate = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (rate >= 1 && rate <= mostRate) return rate;
  throw new ConfigError(
    `--rate: expected a whole number from 1 to ${mostRate}, got ${describe(text)}`,
  );
}
