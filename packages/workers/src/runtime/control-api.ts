import type {
  FollowEnd,
  HealthBuffer,
  LogBuffer,
  LogPoint,
  ObserverDescription,
  ProposalPoint,
  SnapshotData,
  SpaceMemory,
  VotingMemory,
} from '@panoptes/core/observer';

/**
 * What the main thread calls on a worker, through Comlink: a few calls for each incarnation, never
 * one for an event. Plain data in both directions.
 */
export interface ControlApi {
  start(message: StartMessage): Promise<ObserverDescription>;
  load(snapshot: SnapshotData, line: number): Promise<void>;
  /** Has it handle a run that was kept, in the run format. */
  replay(run: Uint8Array): Promise<void>;
  resume(from: LogPoint, line: number): Promise<void>;
  follow(proposals?: ProposalPoint): Promise<FollowEnd>;
  pause(): Promise<void>;
  /** Takes its arguments as `packArguments` makes them, and answers as `packAnswer` does. */
  query(name: string, args: Uint8Array): Promise<Uint8Array>;
  digest(): Promise<unknown>;
  /** Answers with `MetricValues`, once it has handled everything up to `after`. */
  metrics(after: number): Promise<Uint8Array>;
  /** Has a turn of the event loop, and shows how much memory the thread uses. */
  probe(): Promise<void>;
  stop(): Promise<void>;
}

/** What the main thread tells a worker once, before anything else. */
export interface StartMessage {
  /** URL of the observer's module. */
  readonly module: string;
  readonly name: string;
  readonly options: unknown;
  readonly incarnation: number;
  /** The change log. */
  readonly log: LogBuffer;
  /** Where it shows how it is. */
  readonly health: HealthBuffer;
  /** A critical observer's only. */
  readonly voting: VotingMemory | undefined;
  /** What it has stored; only of one that stores something. */
  readonly space: SpaceMemory | undefined;
  /** Whether it may start threads of its own. */
  readonly ownThreads: boolean;
  /** Most commands that may wait for their outcome. */
  readonly maxCommands: number;
}
