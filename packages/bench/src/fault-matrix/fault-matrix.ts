import type { Clock } from '@panoptes/core';
import { type Machine, warningsOf } from '@panoptes/sim';
import { type IsolatingHost, faults, riskOn, uncontainedOn } from '@panoptes/testkit';
import { Testbed, others } from './testbed.js';
import { FaultTrial } from './fault-trial.js';
import {
  type MatrixDocument,
  type MatrixRow,
  isAsPromised,
  matrixSchema,
} from './matrix-document.js';
import { tryInOwnProcess } from './own-process.js';

/** Tries one fault after the other, always in one observer of ten. */
export async function runMatrix(options: MatrixOptions): Promise<MatrixDocument> {
  const { names, host, rate, machine, clock, signal, onFault } = options;
  const warnings = warningsOf(machine);
  const rows: MatrixRow[] = [];
  let testbed: Testbed | undefined;
  try {
    for (const name of names) {
      if (signal.aborted) break;
      onFault(name);
      const fault = faults[name]!;
      let row: MatrixRow;
      const risk = riskOn(fault, host);
      if (risk === undefined) {
        testbed ??= await Testbed.open({ host, rate, clock, signal });
        row = await new FaultTrial(testbed, name, fault).run();
      } else {
        row = await tryInOwnProcess(name, uncontainedOn(fault, host) ?? risk, rate, signal);
      }
      // One that was cut short says nothing.
      if (signal.aborted) break;
      rows.push(row);
    }
  } finally {
    await testbed?.close();
  }
  return {
    schema: matrixSchema,
    node: machine.node,
    cores: machine.cores,
    host,
    observers: others + 1,
    upsertsPerSecond: rate,
    warnings,
    interrupted: rows.length < names.length,
    rows,
    verdict: rows.every((row) => isAsPromised(row, host)) ? 'pass' : 'fail',
  };
}

/** Of the many shapes of memory, those that stand for all unless they are asked for. */
const usualShapes = ['memory-objects', 'memory-buffers'];

/** What is tried unless something is asked for. */
export const usualFaults = (): string[] =>
  Object.keys(faults).filter((name) => {
    return faults[name]!.family !== 'memory' || usualShapes.includes(name);
  });

/** What to try, and where. */
export interface MatrixOptions {
  /** Names of faults, in options. */
  readonly names: readonly string[];
  /** Where the ten observers run. */
  readonly host: IsolatingHost;
  /** Upserts a second that the registry is given throughout. */
  readonly rate: number;
  readonly machine: Machine;
  readonly clock: Clock;
  /** Stops it; the rows until then are kept. */
  readonly signal: AbortSignal;
  /** Called before each fault. */
  readonly onFault: (name: string) => void;
}
