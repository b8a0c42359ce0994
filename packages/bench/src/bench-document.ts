import { z } from 'zod';

export type BenchDocument = z.output<typeof documentSchema>;

/** The version of the document that `bench --json` prints; it changes when a field's meaning does. */
export const benchSchema = 'panoptes.bench/1';

/** What can be measured, in the order in which it is. */
export const suiteNames = [
  'fanout',
  'registry',
  'votes',
  'latency',
  'recovery',
  'memory',
  'scale',
  'operations',
  'observers',
  'callers',
  'simulation',
  'idle',
  'dashboard',
  'processes',
  'durable',
] as const;

/** What is measured: Panoptes, and what people would otherwise use. */
const systemNames = [
  'panoptes',
  'postMessage',
  'postMessage-batch-100',
  'BroadcastChannel',
  'comlink',
  'piscina',
  'EventEmitter',
  'awaited-clone',
  'plain-map',
  'in-memory',
  'unwatched',
  'threads',
  'fdatasync',
] as const;

const rowSchema = z.object({
  suite: z.enum(suiteNames),
  /** Which of the suite's figures this is, such as `throughput`. */
  metric: z.string(),
  system: z.enum(systemNames),
  /** Observers that follow. */
  observers: z.int(),
  /** Peers in the registry. */
  peers: z.int(),
  /** Of the figures, such as `upserts/s`. */
  unit: z.string(),
  /** Whether a better system has more of it or less. */
  better: z.enum(['more', 'less']),
  median: z.number(),
  min: z.number(),
  max: z.number(),
  /** Every counted run, in order. */
  runs: z.array(z.number()).min(1),
  /** Changes (or what else the suite repeats) in one run. */
  count: z.int(),
  /** What there is to know about the figure. */
  note: z.string().optional(),
});

const ratioSchema = z.object({
  suite: z.enum(suiteNames),
  metric: z.string(),
  observers: z.int(),
  /** The system that is compared. */
  of: z.enum(systemNames),
  /** The system it is compared to. */
  to: z.enum(systemNames),
  /** How many times as good `of` is as `to`, by medians of runs that took turns. */
  ratio: z.number(),
});

/** Everything that a benchmark's run found out; also what a baseline must look like. */
export const documentSchema = z.object({
  schema: z.literal(benchSchema),
  /** Node's version. */
  node: z.string(),
  /** Cores that the process may use. */
  cores: z.int(),
  /** The processor's model. */
  cpu: z.string(),
  seed: z.string(),
  /** ISO 8601. */
  startedAt: z.string(),
  /** Whether it was a quick run, whose figures mean nothing. */
  quick: z.boolean(),
  /** What makes the figures doubtful. */
  warnings: z.array(z.string()),
  rows: z.array(rowSchema),
  ratios: z.array(ratioSchema),
});

export type SuiteName = (typeof suiteNames)[number];
export type SystemName = (typeof systemNames)[number];
/** One figure: a system at one number of observers and peers. */
export type BenchRow = z.output<typeof rowSchema>;
/** How much better one system is than another. */
export type BenchRatio = z.output<typeof ratioSchema>;
