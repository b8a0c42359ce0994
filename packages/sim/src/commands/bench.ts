import type { Command } from 'commander';
import { loadBench } from './bench-package.js';
import { defineLater } from './late-definition.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes bench`, which is another package's, and loaded when it is asked for. */
export function addBench(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const command = program
    .command('bench')
    .summary('measure Panoptes beside what people would otherwise use');
  defineLater(command, async () => {
    const { defineBench } = await loadBench('panoptes bench');
    defineBench(command, terminal, exit);
  });
}
