import { tmpdir } from 'node:os';
import type { CalibrationGoal } from './calibration.js';

/** How much is measured. */
export interface BenchPlan {
  /** Numbers of observers for the suites that compare them. */
  readonly observers: readonly number[];
  /** Numbers of critical observers. */
  readonly voters: readonly number[];
  /** What identities and orders follow from. */
  readonly seed: string;
  /** Counted runs. */
  readonly runs: number;
  /** Least number of runs before the counted ones, calibration aside. */
  readonly warmUps: number;
  /** How long a calibrated run takes; undefined runs `fixedCount`. */
  readonly goal: CalibrationGoal | undefined;
  readonly fixedCount: number;
  /** Peers in the working set. */
  readonly peers: number;
  /** Peers that a restarted observer has to learn. */
  readonly recoveryPeers: number;
  /** Sizes of registries whose costs are compared. */
  readonly scalePeers: readonly number[];
  /** Sizes of registries that built-in observers follow. */
  readonly observedPeers: readonly number[];
  /** Numbers of threads that call a registry. */
  readonly callers: readonly number[];
  /** Upserts between the first and the last look at memory. */
  readonly memoryUpserts: number;
  /** How long load at a fixed rate lasts, in milliseconds. */
  readonly latencyMs: number;
  /** Peers of the network that is simulated for an hour. */
  readonly simulatedPeers: number;
  /** How many of each built-in observer follow it. */
  readonly simulatedOfEach: readonly number[];
  /** How long an idle registry is watched, in milliseconds. */
  readonly idleMs: number;
  /** A folder on the disk on which stores are measured. */
  readonly storeDir: string;
  /** How many peers stores have that are opened. */
  readonly storePeers: readonly number[];
  /** Upserts into a registry with a store between the first and the last look at memory. */
  readonly storeUpserts: number;
}

/** What the command line says about a plan. */
export interface PlanOptions {
  /** Default: 1, 10 and 50; of critical ones also 3. */
  readonly observers?: readonly number[] | undefined;
  readonly seed: string;
  readonly runs?: number | undefined;
  readonly quick: boolean;
  /** Default: the system's folder for temporary files. */
  readonly storeDir?: string | undefined;
  readonly storePeers?: readonly number[] | undefined;
}

/** The plan for figures that are to mean something, or a quick one, which only shows that it works. */
export function planOf(options: PlanOptions): BenchPlan {
  const { observers, seed, runs, quick, storeDir = tmpdir() } = options;
  const { storePeers, ...plan } = quick ? quickPlan : fullPlan;
  return {
    ...plan,
    observers: observers ?? [1, 10, 50],
    voters: observers ?? [1, 3, 10, 50],
    seed,
    runs: runs ?? (quick ? 2 : 5),
    storeDir,
    storePeers: options.storePeers ?? storePeers,
  };
}

const fullPlan: Omit<BenchPlan, 'observers' | 'voters' | 'seed' | 'runs' | 'storeDir'> = {
  warmUps: 1,
  goal: { runMs: 700, firstCount: 100, maxCount: 20_000_000 },
  fixedCount: 0,
  peers: 1_000,
  recoveryPeers: 10_000,
  scalePeers: [1_000, 10_000, 100_000, 1_000_000],
  observedPeers: [100_000, 1_000_000],
  callers: [1, 2, 3, 4],
  memoryUpserts: 10_000_000,
  latencyMs: 3_000,
  simulatedPeers: 10_000,
  simulatedOfEach: [1, 3],
  idleMs: 3_000,
  storePeers: [10_000, 100_000],
  storeUpserts: 3_000_000,
};

const quickPlan: Omit<BenchPlan, 'observers' | 'voters' | 'seed' | 'runs' | 'storeDir'> = {
  warmUps: 1,
  goal: undefined,
  fixedCount: 1_200,
  peers: 100,
  recoveryPeers: 200,
  scalePeers: [100, 1_000],
  observedPeers: [100],
  callers: [1, 2],
  memoryUpserts: 20_000,
  latencyMs: 200,
  simulatedPeers: 20,
  simulatedOfEach: [1],
  idleMs: 100,
  storePeers: [100],
  storeUpserts: 4_000,
};
