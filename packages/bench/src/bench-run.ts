import { type Machine, warningsOf } from '@panoptes/sim';
import type { BenchDocument, BenchRow, SuiteName } from './bench-document.js';
import { benchSchema, suiteNames } from './bench-document.js';
import type { BenchPlan } from './bench-plan.js';
import { holdContest, type RunListener } from './contest.js';
import { ratiosOf } from './statistics.js';
import { callersSuite } from './suites/callers-suite.js';
import { dashboardSuite } from './suites/dashboard-suite.js';
import { durableSuite } from './suites/durable-suite.js';
import { fanoutSuite } from './suites/fanout-suite.js';
import { idleSuite } from './suites/idle-suite.js';
import { latencySuite } from './suites/latency-suite.js';
import { memorySuite } from './suites/memory-suite.js';
import { observersSuite } from './suites/observers-suite.js';
import { operationsSuite } from './suites/operations-suite.js';
import { processesSuite } from './suites/processes-suite.js';
import { recoverySuite } from './suites/recovery-suite.js';
import { registrySuite } from './suites/registry-suite.js';
import { scaleSuite } from './suites/scale-suite.js';
import { simulationSuite } from './suites/simulation-suite.js';
import { votesSuite } from './suites/votes-suite.js';
import type { Suite } from './suites/suite.js';

/**
 * Holds the contests of all suites, one after another.
 *
 * @throws {BenchMismatchError} when an observer did not get exactly what was sent
 */
export async function runBench(options: BenchRunOptions): Promise<BenchDocument> {
  const { plan, machine, startedAt, signal, onRun } = options;
  const warnings = warningsOf(machine);
  const rows: BenchRow[] = [];
  for (const name of memoryFirst(options.suites)) {
    for (const open of suites[name].contests(plan)) {
      signal.throwIfAborted();
      onRun(`${name}: starting threads`);
      const contest = await open();
      try {
        rows.push(...(await holdContest(name, contest, plan, signal, onRun)));
      } finally {
        await contest.close();
      }
    }
  }
  return {
    schema: benchSchema,
    ...machine,
    seed: plan.seed,
    startedAt: new Date(startedAt).toISOString(),
    quick: plan.goal === undefined,
    warnings,
    rows: rows.sort((a, b) => suiteNames.indexOf(a.suite) - suiteNames.indexOf(b.suite)),
    ratios: ratiosOf(rows),
  };
}

const suites: Readonly<Record<SuiteName, Suite>> = {
  fanout: fanoutSuite,
  registry: registrySuite,
  votes: votesSuite,
  latency: latencySuite,
  recovery: recoverySuite,
  memory: memorySuite,
  scale: scaleSuite,
  operations: operationsSuite,
  observers: observersSuite,
  callers: callersSuite,
  simulation: simulationSuite,
  idle: idleSuite,
  dashboard: dashboardSuite,
  processes: processesSuite,
  durable: durableSuite,
};

/** What to measure, and where. */
export interface BenchRunOptions {
  readonly suites: readonly SuiteName[];
  readonly plan: BenchPlan;
  readonly machine: Machine;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly signal: AbortSignal;
  readonly onRun: RunListener;
}

/** What other suites leave behind would hide how a registry's own memory grows. */
const memoryFirst = (suites: readonly SuiteName[]): SuiteName[] => [
  ...suites.filter((suite) => lookAtMemory.includes(suite)),
  ...suites.filter((suite) => !lookAtMemory.includes(suite)),
];

const lookAtMemory: readonly SuiteName[] = ['memory', 'durable'];
