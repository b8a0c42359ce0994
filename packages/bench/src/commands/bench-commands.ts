import type { BenchCommands } from '@panoptes/sim';
import { defineBench } from './bench.js';

/** What the `panoptes` command loads of this package, which it knows by its name alone. */
export const benchCommands: BenchCommands = Object.freeze({
  defineBench,
  async tryFaults(...given: Parameters<BenchCommands['tryFaults']>) {
    const { tryFaults } = await import('./run-matrix.js');
    return tryFaults(...given);
  },
});
