import type { ObserverCrashedError } from '../errors.js';
import type { HealthBoard, MemoryUse } from '../log/health-board.js';
import type { LogBuffer, LogPoint } from '../log/log-memory.js';
import type { MetricFigure } from '../metric-figure.js';
import type { SnapshotData } from '../log/snapshot.js';
import type { SpaceMemory } from '../log/space-memory.js';
import type { ProposalPoint, VotingMemory } from '../voting/voter-session.js';
import type { CommandGate } from './command-gate.js';
import type { ObserverSpec } from './observer-terms.js';

/**
 * One incarnation of an observer, wherever it runs: the port between the supervisor and threads.
 * After its end every call rejects, those under way too. Calls come in this order: `start`, then
 * `load` and `follow` by turns, `pause` while it follows, `query` and `digest` at any time after `start`. In place of `load` there
 * may be any number of `replay`, and `resume`.
 */
export interface ObserverHost {
  /** Loads the module and sets the observer up. */
  start(): Promise<ObserverDescription>;
  /** Has the observer read a snapshot. From then on its place in the log is that of `line`. */
  load(snapshot: SnapshotData, line: number): Promise<void>;
  /** Has the observer handle a run, in the run format, but for what it has handled already. */
  replay(run: Uint8Array): Promise<void>;
  /** Puts it at a point of the log, up to which it has handled everything. Its place there is `line`. */
  resume(from: LogPoint, line: number): Promise<void>;
  /**
   * Has it follow the log, from where it is; after a pause it may be called again.
   *
   * @param proposals - for a voter, after which point of the proposal log it is asked
   */
  follow(proposals?: ProposalPoint): Promise<FollowEnd>;
  /** Has it leave the log when the handler that it is at has settled: `follow` resolves then. */
  pause(): Promise<void>;
  /**
   * Asks it between two handlers. After a handler has failed nothing is answered: the calls that
   * wait fail with the incarnation's end.
   */
  query(name: string, args: readonly unknown[]): Promise<unknown>;
  /** Asked like a query. */
  digest(): Promise<string>;
  /**
   * Asked like a query, once it has handled everything up to `after`: the values of the figures that it
   * has described.
   */
  metrics(after: number): Promise<MetricsAnswer>;
  /** Its figures in shared memory, readable while it is stuck, and after its end. */
  readonly health: HealthBoard;
  /** Nothing where it has no thread of its own. */
  activity(): ThreadActivity | undefined;
  /** Resolves after a turn of its thread's event loop; the memory on its board is fresh then. */
  probe(): Promise<void>;
  /** Looks at its memory between two instructions of whatever it runs, where the runtime can. */
  readonly measure: (() => Promise<MemoryUse>) | undefined;
  /**
   * Has it finish the batch it is at, and tear down; what is left is to be killed.
   * Rejects when a handler fails meanwhile: then there is no teardown.
   */
  stop(): Promise<void>;
  /**
   * Ends it at once; resolves when it has ended, which a thread may never do.
   *
   * @param reason - what all calls, under way and to come, fail with from now on
   */
  kill(reason: ObserverCrashedError): Promise<void>;
  /** Resolves when the incarnation has ended and will write nothing any more. Never rejects. */
  readonly exited: Promise<ExitReason>;
}

/** Why it follows no longer: it was overtaken, it has paused, or the log was closed and read. */
export type FollowEnd = 'lapped' | 'paused' | 'ended';

/** What an observer says of itself once it is set up. */
export interface ObserverDescription {
  /** Names of its queries. */
  readonly queries: readonly string[];
  readonly hasDigest: boolean;
  /** Whether it can vote. */
  readonly hasProposal: boolean;
  /** The figures of its own. */
  readonly metrics: readonly MetricFigure[];
}

/** What an observer says of its own figures. */
export interface MetricsAnswer {
  /** The last transaction that it had handled. */
  readonly seq: number;
  /**
   * One for each figure: a number, `{ counts, sum }` of a histogram, or an error in the place of one
   * that failed; or anything else, for they are not trusted.
   */
  readonly values: readonly unknown[];
}

/** How long a thread's event loop has been at work and at rest since it began, in milliseconds. */
export interface ThreadActivity {
  readonly active: number;
  readonly idle: number;
}

/** How an incarnation ended. */
export interface ExitReason {
  /** Whether it ended normally: stopped, or its thread ended by itself with code 0. */
  readonly normal: boolean;
  /** Stable, as in `exit-3`, `error`, `killed`. */
  readonly code: string;
  readonly error: Error | undefined;
}

/**
 * Makes the host of a new incarnation. It starts nothing before `start` is called. Commands of the
 * observer go through `commands`; `voting` is there for a critical observer only, `space` for one that
 * stores something.
 */
export type HostFactory = (
  spec: ObserverSpec,
  incarnation: number,
  log: LogBuffer,
  commands: CommandGate,
  voting?: VotingMemory,
  space?: SpaceMemory,
) => ObserverHost;
