import { PanoptesError, messageOf } from '@panoptes/core';
import {
  type ChurnEvent,
  type InjectedFault,
  nodeIdOf,
  type RuleVerdict,
  type Verdicts,
  type Violation,
} from '@panoptes/testkit';
import type { PhaseTotals } from '../driver/churn-tally.js';
import type { OracleVerdict } from '../driver/oracle.js';
import { gapDigest } from '../observers/log-name.js';
import type { FeedFigures } from '../driver/feed.js';
import type { ObserverProgress } from '../driver/registry-port.js';
import type { Skipped } from '../traces/skipped.js';

/** The results of a simulation. */
export interface Summary {
  /** Node's version. */
  readonly node: string;
  readonly source: { readonly name: string; readonly kind: string };
  /** Null when nothing was generated. */
  readonly seed: string | null;
  /**
   * Where it went on, when its store held the beginning of the run; the figures of events, peers and
   * phases are then of all of it, those of observers and of real time from there on. Absent when it began
   * at its start.
   */
  readonly continued?: {
    /** The last transaction that was stored. */
    readonly seq: number;
    /** Which life of the registry this is, from 2. */
    readonly epoch: number;
    /** Whether nothing was left to do: the run had ended. */
    readonly wasWhole: boolean;
  };
  /** Whether it was stopped from outside; the figures are then of what was done until then. */
  readonly interrupted: boolean;
  /**
   * What the registry refused a command with, which ended the run; the figures are then of what was
   * done until then. Absent when it refused none.
   */
  readonly failure?: {
    /** Null when it is no error of Panoptes. */
    readonly code: string | null;
    readonly message: string;
    /** What was refused; absent in older documents. */
    readonly event?: RefusedEvent;
  };
  /**
   * Entries of recorded files that could not be taken, and events of peers that leave and are not
   * there, if there were any; they are no events of the run. The rest was played.
   */
  readonly skipped?: Skipped;
  /** Churn events fed to the registry. */
  readonly events: number;
  readonly joins: number;
  readonly updates: number;
  readonly leaves: number;
  /** Virtual time that was played, in milliseconds. */
  readonly virtualMs: number;
  /** Peers online; the mean is weighted by time over `virtualMs`. */
  readonly peers: {
    /** There from the start; the events that brought them are joins, but no churn. */
    readonly initial: number;
    readonly peak: number;
    readonly mean: number;
    readonly final: number;
    readonly distinct: number;
  };
  /** Real time from the first event read until every observer had seen the last, in milliseconds. */
  readonly durationMs: number;
  /** Events in a second of it, reading the source and running the model included. */
  readonly upsertsPerSecond: number;
  /** What the registry and all observers were compared with. */
  readonly comparedWith: Comparison;
  /** How often they were, the end included. */
  readonly checks: number;
  /** Of all peers at the end, independent of the order in which they came. */
  readonly registryDigest: string;
  /**
   * Whether the registry's peers were the model's, down to each field, at every check; null when
   * nothing was compared, or not to the end.
   */
  readonly registryMatches: boolean | null;
  /** How they first differed, or why they could not be compared, if that was so. */
  readonly registryProblem?: string;
  /**
   * Of every event in order; null when nothing followed the log, or what did missed some, or the run
   * failed.
   */
  readonly logDigest: string | null;
  /** Whether the model saw the same events in the same order; null when it was not compared. */
  readonly logDigestMatches: boolean | null;
  /** What was wrong with it first, if anything was. */
  readonly logProblem?: string;
  readonly observers: readonly ObserverSummary[];
  /** What happened in each phase that the run came to; absent when it was given none. */
  readonly phases?: readonly PhaseTotals[];
  /** Faults that were planned, and at which transaction they struck. */
  readonly faults: readonly InjectedFault[];
  /** Threads that nothing could end; absent when there is none. The process is killed for them. */
  readonly threadsLeft?: number;
  /** Why the recording that was asked for is not whole; absent when it is. */
  readonly recordingProblem?: string;
  /** Why the file of events that was asked for is not whole; absent when it is. */
  readonly eventsProblem?: string;
  /** The verdicts of the rules that were checked on the way, by an observer that follows the log. */
  readonly rules: readonly RuleVerdict[];
  /** Where they were broken first. */
  readonly violations: readonly Violation[];
  /** `pass` when everything agrees, no rule is broken and no command was refused. */
  readonly verdict: 'pass' | 'fail';
}

/** An event of a source that the registry did not take. */
export interface RefusedEvent {
  readonly kind: ChurnEvent['kind'];
  readonly nodeId: string;
  /** Virtual milliseconds. */
  readonly atMs: number;
}

/** One observer at the end of a run. */
export interface ObserverSummary extends ObserverProgress {
  /** At the last check; null when it could not be asked. */
  readonly digest: string | null;
  /** Whether its digest was right at every check; null when it was not compared. */
  readonly digestMatches: boolean | null;
  /**
   * True when its digest was compared with nothing: since the first problem, which says why (it has
   * none to give, or the plain model could not run it, or had ended), or at all, as the run was told.
   * Absent otherwise.
   */
  readonly notCompared?: true;
  /** What was wrong first, if anything was. */
  readonly problem?: string;
}

/**
 * The plain model, or observers that start afresh where the model would not fit into memory, or
 * nothing, where less than everything was to be checked.
 */
export type Comparison = 'plain model' | 'fresh observers' | 'nothing';

/** What a summary is made of. */
export interface RunResult {
  readonly source: Summary['source'];
  readonly seed: string | null;
  /** What it skipped is in `skipped`. */
  readonly fed: Omit<FeedFigures, 'skipped'>;
  readonly durationMs: number;
  readonly comparedWith: Comparison;
  readonly checks: number;
  readonly registry: {
    readonly digest: string;
    readonly agrees: boolean | null;
    readonly problem: string | undefined;
  };
  readonly log: OracleVerdict;
  readonly skipped?: Skipped | undefined;
  readonly phases?: readonly PhaseTotals[] | undefined;
  readonly faults: readonly InjectedFault[];
  readonly continued?: Summary['continued'] | undefined;
  readonly rules: Verdicts;
  /** An observer without figures is no longer registered. */
  readonly observers: readonly {
    readonly figures: ObserverProgress | undefined;
    readonly finding: OracleVerdict;
  }[];
}

/** Sums up a run. */
export function summarize(result: RunResult): Summary {
  const { fed, durationMs, registry, rules, skipped } = result;
  const { failure } = fed;
  // What was compared last is not how a run ended that failed.
  const log =
    failure === undefined ? result.log : { digest: null, agrees: null, problem: undefined };
  const observers = result.observers.map(({ figures, finding }) =>
    summarizeObserver(figures, finding),
  );
  const isGood =
    failure === undefined &&
    log.problem === undefined &&
    rules.verdict === 'pass' &&
    registry.problem === undefined &&
    observers.every(({ digestMatches, problem }) =>
      result.comparedWith === 'nothing' ? problem === undefined : digestMatches === true,
    );
  return {
    node: process.version,
    source: result.source,
    seed: result.seed,
    ...(result.continued !== undefined && { continued: result.continued }),
    interrupted: fed.interrupted,
    ...(failure !== undefined && { failure: reasonOf(failure) }),
    ...(skipped !== undefined &&
      skipped.count > 0 && { skipped: { count: skipped.count, first: skipped.first } }),
    events: fed.events,
    joins: fed.joins,
    updates: fed.updates,
    leaves: fed.leaves,
    virtualMs: fed.spanMs,
    peers: { ...fed.peers, mean: Number(fed.peers.mean.toFixed(3)) },
    durationMs: Math.round(durationMs),
    upsertsPerSecond: durationMs > 0 ? Math.round((fed.events * 1000) / durationMs) : 0,
    comparedWith: result.comparedWith,
    checks: result.checks,
    registryDigest: registry.digest,
    registryMatches: registry.agrees,
    ...(registry.problem !== undefined && { registryProblem: registry.problem }),
    logDigest: log.digest === gapDigest ? null : log.digest,
    logDigestMatches: log.agrees,
    ...(log.problem !== undefined && { logProblem: log.problem }),
    observers,
    ...(result.phases !== undefined && { phases: result.phases }),
    faults: result.faults,
    rules: rules.rules,
    violations: rules.violations,
    verdict: isGood ? 'pass' : 'fail',
  };
}

const reasonOf = ({
  error,
  sent,
}: NonNullable<FeedFigures['failure']>): NonNullable<Summary['failure']> => ({
  code: error instanceof PanoptesError ? error.code : null,
  message: messageOf(error),
  event: { kind: sent.kind, nodeId: nodeIdOf(sent), atMs: sent.at },
});

function summarizeObserver(
  figures: ObserverProgress | undefined,
  { name, digest, agrees, problem }: OracleVerdict,
): ObserverSummary {
  return {
    name,
    state: figures?.state ?? 'gone',
    delivered: figures?.delivered ?? 0,
    lag: figures?.lag ?? 0,
    resyncs: figures?.resyncs ?? 0,
    restarts: figures?.restarts ?? 0,
    digest,
    digestMatches: agrees,
    ...(agrees === null && { notCompared: true as const }),
    ...(problem !== undefined && { problem }),
  };
}
