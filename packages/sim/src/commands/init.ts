import { existsSync } from 'node:fs';
import { ConfigError } from '@panoptes/core';
import type { Command } from 'commander';
import { writeWholeFiles } from '../output/whole-files.js';
import { scenarioTemplate } from '../scenario/published/scenario-template.js';
import { exitCodes } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes init [file]`: writes a commented scenario. */
export function addInit(
  program: Command,
  { stdout }: Terminal,
  exit: (code: number) => void,
): void {
  program
    .command('init')
    .summary('write a commented scenario to start from')
    .description('Writes a commented scenario with every section. An existing file is kept.')
    .argument('[file]', 'where to; - for standard output', 'scenario.yaml')
    .option('--force', 'overwrite the file', false)
    .action((file: string, { force }: { force: boolean }) => {
      if (file === '-') stdout.write(scenarioTemplate());
      else {
        writeNew(file, scenarioTemplate(), force);
        stdout.write(`wrote ${file}; run it with: panoptes run ${file}\n`);
      }
      exit(exitCodes.pass);
    });
}

function writeNew(file: string, text: string, force: boolean): void {
  if (!force && existsSync(file)) {
    throw new ConfigError(`${file}: is there already; overwrite it with --force`);
  }
  writeWholeFiles(new Map([[file, text]]));
}
